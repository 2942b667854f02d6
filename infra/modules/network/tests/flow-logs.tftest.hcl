provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod"
  region          = "eu-west-1"
  account_id      = "123456789012"
  environment     = "prod"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  zones           = ["euw1-az1", "euw1-az2", "euw1-az3"]
  vpc             = { cidr = "10.16.0.0/16" }
}

run "all_traffic_is_recorded_twice" {
  command = plan

  assert {
    condition     = alltrue([for log in [aws_flow_log.group["this"], aws_flow_log.bucket["this"]] : log.traffic_type == "ALL" && log.max_aggregation_interval == 60])
    error_message = "Accepted or refused traffic isn't recorded, or only every ten minutes."
  }

  assert {
    condition     = startswith(aws_flow_log.group["this"].log_format, "$${version} $${account-id} $${interface-id} $${srcaddr} $${dstaddr} $${srcport} $${dstport} $${protocol} $${packets} $${bytes} $${start} $${end} $${action} $${log-status} $${vpc-id} $${subnet-id} $${az-id} $${tcp-flags}")
    error_message = "The fields aren't those that the filters count on."
  }

  assert {
    condition     = aws_cloudwatch_log_group.flow_logs["this"].kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.flow_logs["this"].retention_in_days == 365 && aws_cloudwatch_log_group.flow_logs["this"].deletion_protection_enabled
    error_message = "The log group isn't encrypted, kept for a year and protected."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.flow_logs.json).Statement[0].Resource == "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vpc/orderflow-prod-flow-logs:*" && jsondecode(data.aws_iam_policy_document.flow_logs_trust.json).Statement[0].Principal.Service == "vpc-flow-logs.amazonaws.com" && jsondecode(data.aws_iam_policy_document.flow_logs_trust.json).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "The role writes to another group, or another service may take it."
  }
}

run "the_copy_is_kept_for_years" {
  command = plan

  assert {
    condition     = toset([for transition in aws_s3_bucket_lifecycle_configuration.flow_logs["this"].rule[0].transition : "${transition.storage_class}/${transition.days}"]) == toset(["STANDARD_IA/90", "GLACIER/180"])
    error_message = "Records don't move to infrequent access after 90 days and to Glacier after 180."
  }

  assert {
    condition     = aws_s3_bucket_versioning.flow_logs["this"].versioning_configuration[0].status == "Enabled" && one(one(aws_s3_bucket_server_side_encryption_configuration.flow_logs["this"].rule).apply_server_side_encryption_by_default).kms_master_key_id == var.kms_key_arn && aws_s3_bucket_public_access_block.flow_logs["this"].restrict_public_buckets && aws_s3_bucket_public_access_block.flow_logs["this"].block_public_policy && !aws_s3_bucket.flow_logs["this"].force_destroy
    error_message = "The bucket isn't versioned, encrypted with the key, or closed."
  }

  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.flow_log_bucket.json).Statement : s.Effect == "Deny" && s.Action == "s3:*" && try(s.Condition.Bool["aws:SecureTransport"], "") == "false"])
    error_message = "The bucket takes plain HTTP."
  }

  assert {
    condition     = alltrue([for s in jsondecode(data.aws_iam_policy_document.flow_log_bucket.json).Statement : s.Effect == "Deny" || try(s.Condition.StringEquals["aws:SourceAccount"], "") == "123456789012"])
    error_message = "Another account's logs can be written there."
  }
}

run "five_filters_have_five_alarms" {
  command = plan

  assert {
    condition     = toset(keys(aws_cloudwatch_log_metric_filter.flow)) == toset(["ssh", "rdp", "rejected", "large-transfer", "port-scan"]) && keys(aws_cloudwatch_metric_alarm.flow) == keys(aws_cloudwatch_log_metric_filter.flow)
    error_message = "A filter or its alarm is missing."
  }

  assert {
    condition     = alltrue([for name, alarm in aws_cloudwatch_metric_alarm.flow : alarm.metric_name == aws_cloudwatch_log_metric_filter.flow[name].metric_transformation[0].name && alarm.namespace == aws_cloudwatch_log_metric_filter.flow[name].metric_transformation[0].namespace])
    error_message = "An alarm looks at another metric than its filter writes."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.flow["ssh"].threshold == 0 && aws_cloudwatch_metric_alarm.flow["rdp"].threshold == 0
    error_message = "One packet of SSH or RDP goes unnoticed."
  }

  assert {
    condition     = strcontains(output.flow_log_filters["ssh"], "destination_port=22, protocol=6") && strcontains(output.flow_log_filters["rdp"], "destination_port=3389, protocol=6") && strcontains(output.flow_log_filters["rejected"], "action=REJECT") && strcontains(output.flow_log_filters["large-transfer"], "bytes>1073741824") && strcontains(output.flow_log_filters["port-scan"], "flags=2")
    error_message = "A filter doesn't look at what it says."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.flow : alarm.alarm_actions == toset([var.alarm_topic_arn]) && alarm.actions_enabled])
    error_message = "An alarm tells nobody."
  }

  assert {
    condition     = strcontains(aws_cloudwatch_query_definition.port_scan["this"].query_string, "count_distinct(destination_port)")
    error_message = "Nothing counts the ports that one address tried."
  }
}

run "dev_may_record_nothing" {
  command = plan

  variables {
    environment = "dev"
    flow_logs   = null
  }

  assert {
    condition     = length(aws_flow_log.group) + length(aws_flow_log.bucket) + length(aws_cloudwatch_metric_alarm.flow) + length(aws_s3_bucket.flow_logs) + length(aws_iam_role.flow_logs) == 0 && output.flow_log_bucket == null
    error_message = "Something of the flow logs is made."
  }
}
