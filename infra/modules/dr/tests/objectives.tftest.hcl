provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod"
  region          = "eu-central-1"
  environment     = "prod"
  account_id      = "123456789012"
  kms_key_arn     = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-central-1:123456789012:orderflow-prod-alarms"
  posture         = { role = "standby", mode = "warm_standby", peer_region = "eu-west-1" }

  controller = {
    code = { bucket = "orderflow-prod-eu-central-1-123456789012-artifacts", key = "lambda/failover-controller.zip", object_version = "3sL4kqtJlcpXroDTDmJ" }
    targets = {
      cluster_name     = "orderflow-prod"
      node_groups      = ["orderflow-prod-hot-euc1-az2", "orderflow-prod-system"]
      ecs_services     = { reconciler = { cluster = "orderflow-prod-reconciler", service = "orderflow-prod-reconciler" } }
      database_replica = "orderflow-prod-reconciler"
      control_table    = "orderflow-prod-control"
    }
  }

  health_checks = { api = { fqdn = "a.eu-west-1.elb.amazonaws.com" } }
  replication   = { database_replicas = ["orderflow-prod-reconciler"] }
}

run "audit_log_and_topic_are_encrypted_and_kept" {
  command = plan

  assert {
    condition     = aws_cloudwatch_log_group.audit.kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.audit.retention_in_days == 365 && aws_sns_topic.this.kms_master_key_id == var.kms_key_arn
    error_message = "Audit log and topic must be encrypted, and the log kept for a year in prod."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.topic.json).Statement[1].Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "The topic must demand TLS."
  }
}

run "recovery_time_follows_the_mode" {
  command = plan

  assert {
    condition     = output.recovery_seconds == 300 && aws_cloudwatch_metric_alarm.figure["RecoverySeconds"].threshold == 300
    error_message = "A warm standby must serve within five minutes."
  }
}

run "pilot_light_has_fifteen_minutes" {
  command = plan

  variables {
    posture = { role = "standby", mode = "pilot_light", peer_region = "eu-west-1" }
  }

  assert {
    condition     = output.recovery_seconds == 900
    error_message = "A pilot light must serve within fifteen minutes."
  }
}

run "active_active_has_one_minute" {
  command = plan

  variables {
    posture = { role = "standby", mode = "active_active", peer_region = "eu-west-1" }
  }

  assert {
    condition     = output.recovery_seconds == 60
    error_message = "Two active Regions must move within a minute."
  }
}

run "backup_has_no_controller" {
  command = plan

  variables {
    posture       = { role = "standby", mode = "backup", peer_region = "eu-west-1" }
    controller    = null
    health_checks = {}
  }

  assert {
    condition     = length(module.controller) == 0 && output.recovery_seconds == 14400
    error_message = "Copies alone have nothing to move."
  }
}

run "figures_come_from_the_audit_log" {
  command = plan

  assert {
    condition     = aws_cloudwatch_log_metric_filter.figure["RecoverySeconds"].pattern == "{ $.recovery_seconds = * }" && aws_cloudwatch_metric_alarm.figure["RecoveryPointSeconds"].threshold == 15
    error_message = "Recovery time and point must be read from what the controller wrote."
  }
}

run "replica_lag_and_silence_ring" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.lag["replica-orderflow-prod-reconciler"].metric_name == "ReplicaLag" && aws_cloudwatch_metric_alarm.lag["replica-orderflow-prod-reconciler"].treat_missing_data == "breaching"
    error_message = "A replica that lags or is silent must ring."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.unwatched["this"].comparison_operator == "LessThanThreshold" && aws_cloudwatch_metric_alarm.unwatched["this"].treat_missing_data == "breaching"
    error_message = "A controller that nobody calls must ring."
  }
}

run "drill_is_rehearsed_weekly_and_moves_nothing" {
  command = plan

  assert {
    condition     = aws_scheduler_schedule.drill["this"].schedule_expression == "cron(0 6 ? * SUN *)" && jsondecode(aws_scheduler_schedule.drill["this"].target[0].input) == { action = "drill", dry_run = true }
    error_message = "The drill on schedule must be dry."
  }
}

run "experiment_takes_nodes_and_ends_by_alarm" {
  command = plan

  variables {
    fault = {
      node_group_arns = ["arn:aws:eks:eu-central-1:123456789012:nodegroup/orderflow-prod/orderflow-prod-hot-euc1-az2/11111111-2222-3333-4444-555555555555"]
      table_arns      = ["arn:aws:dynamodb:eu-central-1:123456789012:table/orderflow-prod-orders"]
      stop_alarm_arns = ["arn:aws:cloudwatch:eu-central-1:123456789012:alarm:orderflow-prod-orders-not-flowing"]
    }
  }

  assert {
    condition     = toset([for action in aws_fis_experiment_template.this["this"].action : action.action_id]) == toset(["aws:dynamodb:global-table-pause-replication", "aws:eks:terminate-nodegroup-instances"])
    error_message = "The experiment must take nodes and hold replication."
  }

  assert {
    condition     = one(aws_fis_experiment_template.this["this"].stop_condition).value == "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:orderflow-prod-orders-not-flowing"
    error_message = "An alarm must end the experiment."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.fault["this"].json).Statement[1].Condition.StringEquals["aws:ResourceTag/eks:nodegroup-name"] == "orderflow-prod-hot-euc1-az2"
    error_message = "Only nodes of the named groups may be taken."
  }
}

run "region_switch_plan_is_an_option" {
  command = plan

  variables {
    arc = { approval_role_arn = "arn:aws:iam::123456789012:role/orderflow-prod-failover" }
  }

  assert {
    condition     = aws_arcregionswitch_plan.this["this"].recovery_approach == "activePassive" && aws_arcregionswitch_plan.this["this"].recovery_time_objective_minutes == 5
    error_message = "The plan must promise what the mode promises."
  }

  assert {
    condition     = [for step in aws_arcregionswitch_plan.this["this"].workflow[0].step : step.execution_block_type] == ["ManualApproval", "CustomActionLambda"]
    error_message = "A person must agree before the controller is called."
  }
}
