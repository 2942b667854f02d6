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

run "function_keeps_its_name_and_lives_in_the_standby" {
  command = plan

  assert {
    condition     = output.function_name == "orderflow-prod-sync-cluster-sizes" && module.controller["this"].arn == "arn:aws:lambda:eu-central-1:123456789012:function:orderflow-prod-sync-cluster-sizes"
    error_message = "The controller must be where it survives the primary, under the name that people know."
  }
}

run "it_looks_for_itself_every_minute" {
  command = plan

  assert {
    condition     = aws_scheduler_schedule.watch["this"].schedule_expression == "rate(1 minute)" && aws_scheduler_schedule.watch["this"].state == "ENABLED" && jsondecode(aws_scheduler_schedule.watch["this"].target[0].input).action == "watch"
    error_message = "The controller must look on its own schedule; alarms may be lost with us-east-1."
  }

  assert {
    condition     = output.controller_config.probes == [{ name = "api", host = "a.eu-west-1.elb.amazonaws.com", port = 443, path = "/health/ready" }]
    error_message = "The controller must be told what to probe."
  }
}

run "alarms_and_health_events_are_second_triggers" {
  command = plan

  assert {
    condition     = keys(aws_cloudwatch_event_rule.trigger) == ["alarm", "health"] && jsondecode(aws_cloudwatch_event_rule.trigger["health"].event_pattern).detail.eventRegion == ["eu-west-1"]
    error_message = "Alarms and AWS's own events on the primary must have the controller look at once."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.trigger["alarm"].event_pattern).detail.alarmName == ["orderflow-prod-dr-eu-central-1-api"]
    error_message = "The rule must wait for the alarm that exists."
  }
}

run "health_alarm_is_handed_over_from_us_east_1" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.health["api"].region == "us-east-1" && aws_cloudwatch_metric_alarm.health["api"].alarm_name == "orderflow-prod-dr-eu-central-1-api" && aws_cloudwatch_event_rule.forward["this"].name == "orderflow-prod-dr-forward-eu-central-1" && aws_cloudwatch_event_target.forward["this"].arn == "arn:aws:events:eu-central-1:123456789012:event-bus/default"
    error_message = "Route 53 reports to us-east-1; its alarm must reach the standby."
  }
}

run "it_resizes_promotes_and_moves_what_is_named" {
  command = plan

  assert {
    condition = { for statement in jsondecode(data.aws_iam_policy_document.controller.json).Statement : statement.Sid => statement.Resource if contains(["MoveTheEpoch", "PromoteTheReplica", "ResizeServices"], statement.Sid) } == {
      MoveTheEpoch      = "arn:aws:dynamodb:eu-central-1:123456789012:table/orderflow-prod-control"
      PromoteTheReplica = "arn:aws:rds:eu-central-1:123456789012:db:orderflow-prod-reconciler"
      ResizeServices    = "arn:aws:ecs:eu-central-1:123456789012:service/orderflow-prod-reconciler/orderflow-prod-reconciler"
    }
    error_message = "The controller may touch one table, one replica and the named services."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(data.aws_iam_policy_document.controller.json).Statement : !contains(flatten([statement.Resource]), "*") && alltrue([for resource in flatten([statement.Resource]) : !strcontains(resource, "eu-west-1")])])
    error_message = "The controller must need nothing of the primary's Region, and no wildcard."
  }
}

run "it_only_announces_unless_told_otherwise" {
  command = plan

  assert {
    condition     = !output.controller_config.automatic && output.controller_config.failures == 3 && output.controller_config.hold_off_seconds == 600
    error_message = "Acting by itself must be asked for, and calm must be kept between moves."
  }
}

run "primary_leaves_its_sizes_in_the_standby" {
  command = plan

  variables {
    region        = "eu-west-1"
    kms_key_arn   = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    posture       = { role = "primary", mode = "warm_standby", peer_region = "eu-central-1", peer_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
    controller    = null
    health_checks = {}
    desired_sizes = { hot = { kind = "node_group", name = "orderflow-prod-hot-euc1-az2", min = 0, desired = 4, max = 4 } }
    replication   = { tables = ["orderflow-prod-orders"], buckets = { audit = { source = "a", destination = "b", rule_id = "all" } } }
  }

  assert {
    condition     = aws_ssm_parameter.desired["hot"].region == "eu-central-1" && aws_ssm_parameter.desired["hot"].name == "/orderflow-prod/dr/desired/hot" && aws_ssm_parameter.desired["hot"].type == "SecureString"
    error_message = "Sizes must lie in the standby's Region before they are needed."
  }

  assert {
    condition     = length(module.controller) == 0 && length(aws_scheduler_schedule.watch) == 0 && output.function_name == null
    error_message = "The primary must have no controller: it would be lost with it."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.lag["table-orderflow-prod-orders"].dimensions["ReceivingRegion"] == "eu-central-1" && aws_cloudwatch_metric_alarm.lag["table-orderflow-prod-orders"].threshold == 15000
    error_message = "A table's lag towards the standby must ring at the recovery point."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.lag["bucket-audit"].metric_name == "ReplicationLatency" && aws_cloudwatch_metric_alarm.lag["bucket-failed-audit"].metric_name == "OperationsFailedReplication"
    error_message = "A bucket's lag and its failures must ring."
  }
}
