provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod-secret-rotation"
  region          = "eu-west-1"
  account_id      = "123456789012"
  description     = "Rotates database passwords"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  code            = { bucket = "orderflow-prod-eu-west-1-123456789012-artifacts", key = "lambda/secret-rotation.zip", object_version = "3sL4kqtJlcpXroDTDmJ" }
  policies        = { work = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  callers         = { secrets = { principal = "secretsmanager.amazonaws.com", source_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orderflow-prod/reconciler/database-*" } }

  network = {
    subnet_ids         = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1", euw1-az2 = "subnet-0aaaaaaaaaaaaaaa2" }
    security_group_ids = ["sg-0123456789abcdef0"]
  }
}

run "code_is_one_version_of_one_object" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.s3_object_version == "3sL4kqtJlcpXroDTDmJ" && aws_lambda_function.this.publish
    error_message = "What is deployed must be a version, and become one."
  }

  assert {
    condition     = aws_lambda_function.this.runtime == "provided.al2023" && aws_lambda_function.this.architectures == tolist(["arm64"])
    error_message = "The binary is for AL2023 on arm64."
  }
}

run "it_is_traced_bounded_and_encrypted" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "Active" && aws_lambda_function.this.reserved_concurrent_executions == 5 && aws_lambda_function.this.kms_key_arn == var.kms_key_arn
    error_message = "Tracing, a bound on concurrency and the key must be set."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == var.kms_key_arn && aws_sqs_queue.dead_letter.kms_master_key_id == var.kms_key_arn
    error_message = "Log and dead letters must be encrypted with the given key."
  }
}

run "what_failed_is_kept" {
  command = plan

  assert {
    condition     = aws_lambda_function_event_invoke_config.this.maximum_retry_attempts == 2 && aws_sqs_queue.dead_letter.message_retention_seconds == 1209600
    error_message = "A call that failed for good must be kept for 14 days."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.dead_letter.json).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "The queue must demand TLS."
  }
}

run "rules_that_call_may_leave_their_events" {
  command = plan

  variables {
    callers = { rule = { principal = "events.amazonaws.com", source_arn = "arn:aws:events:eu-west-1:123456789012:rule/orderflow-prod-x" } }
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.dead_letter.json).Statement[0].Condition.ArnEquals["aws:SourceArn"] == "arn:aws:events:eu-west-1:123456789012:rule/orderflow-prod-x"
    error_message = "The named rule, and no other, may leave events in the queue."
  }
}

run "role_names_what_it_uses" {
  command = plan

  assert {
    condition     = alltrue([for statement in jsondecode(data.aws_iam_policy_document.base.json).Statement : !contains(flatten([statement.Resource]), "*") || length(setsubtract(flatten([statement.Action]), ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"])) == 0 || statement.Effect == "Deny"])
    error_message = "Only actions without a resource may name all."
  }

  assert {
    condition     = aws_lambda_permission.this["secrets"].source_account == "123456789012" && aws_lambda_permission.this["secrets"].qualifier == "live"
    error_message = "A caller must be bound to this account and to the alias."
  }
}

run "outside_a_vpc_it_needs_no_interfaces" {
  command = plan

  variables {
    network = null
  }

  assert {
    condition     = length(aws_lambda_function.this.vpc_config) == 0 && length(jsondecode(data.aws_iam_policy_document.base.json).Statement) == 4
    error_message = "Without a network there must be no rights on interfaces."
  }
}

run "each_failure_has_an_alarm" {
  command = plan

  assert {
    condition     = toset([for alarm in aws_cloudwatch_metric_alarm.this : alarm.metric_name]) == toset(["ApproximateNumberOfMessagesVisible", "DeadLetterErrors", "Duration", "Errors", "Throttles"])
    error_message = "Errors, throttles, slowness and dead letters must each ring."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["duration"].threshold == 24000
    error_message = "The duration alarm must ring at four fifths of the time-out, in milliseconds."
  }
}
