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
  rules = {
    break-found = {
      description = "A break was found or cleared"
      targets     = { desk = { arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-desk" } }
    }
    big-reject = {
      description = "An order of size was rejected"
      pattern     = "{\"source\":[\"orderflow.order-router\"],\"detail-type\":[\"OrderRejected\"],\"detail\":{\"control\":[\"size\"]}}"
      targets     = { risk = { arn = "arn:aws:sqs:eu-west-1:123456789012:orderflow-prod-risk.fifo", message_group_id = "rejects" } }
    }
  }
}

run "events_are_kept_and_encrypted" {
  command = plan

  assert {
    condition     = aws_cloudwatch_event_bus.this.kms_key_identifier == var.kms_key_arn && aws_cloudwatch_event_archive.this.kms_key_identifier == var.kms_key_arn
    error_message = "The bus isn't encrypted with the key that was given."
  }

  assert {
    condition     = aws_cloudwatch_event_archive.this.retention_days == 90
    error_message = "Events can't be replayed for 90 days."
  }

  assert {
    condition     = aws_cloudwatch_log_group.events.retention_in_days == 365 && aws_cloudwatch_log_group.events.kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.events.deletion_protection_enabled
    error_message = "The record isn't kept for a year, or isn't encrypted or protected."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.everything.event_pattern) == { source = [{ prefix = "" }] } && aws_cloudwatch_event_target.record.arn == "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/orderflow-prod"
    error_message = "An event may be missing in the record."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.bus.json).Statement[0].Effect == "Deny" && jsondecode(data.aws_iam_policy_document.bus.json).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "The bus takes plain HTTP."
  }
}

run "rules_match_what_they_say" {
  command = plan

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this["break-found"].event_pattern) == { source = ["orderflow.reconciler"], detail-type = ["BreakFound", "BreakCleared"] }
    error_message = "A rule without a pattern doesn't take the one of its name."
  }

  assert {
    condition     = alltrue([for pattern in fileset("${path.module}", "patterns/*.json") : length(setsubtract(["source", "detail-type"], keys(jsondecode(file("${path.module}/${pattern}"))))) == 0])
    error_message = "A pattern in the folder names no source or no type, and so matches too much."
  }

  assert {
    condition     = aws_cloudwatch_event_target.this["big-reject-risk"].sqs_target[0].message_group_id == "rejects" && length(aws_cloudwatch_event_target.this["break-found-desk"].sqs_target) == 0
    error_message = "A FIFO target has no message group, or a topic has one."
  }

  assert {
    condition     = alltrue([for rule in aws_cloudwatch_event_rule.this : rule.state == "ENABLED"])
    error_message = "A rule is off."
  }
}

run "an_undelivered_event_is_kept" {
  command = plan

  assert {
    condition     = toset(keys(aws_sqs_queue.dead_letters)) == toset(["break-found-desk", "big-reject-risk", "record", "bus"])
    error_message = "A target, the record or the bus has no dead-letter queue."
  }

  assert {
    condition     = alltrue([for queue in aws_sqs_queue.dead_letters : queue.kms_master_key_id == var.kms_key_arn && queue.message_retention_seconds == 1209600])
    error_message = "A dead-letter queue isn't encrypted, or forgets within two weeks."
  }

  assert {
    condition     = alltrue([for document in data.aws_iam_policy_document.dead_letters : anytrue([for s in jsondecode(document.json).Statement : s.Effect == "Deny" && s.Action == "sqs:*" && try(s.Condition.Bool["aws:SecureTransport"], "") == "false"])])
    error_message = "A dead-letter queue takes plain HTTP."
  }

  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.dead_letters["break-found-desk"].json).Statement : s.Effect == "Allow" && try(s.Condition.ArnEquals["aws:SourceArn"], "") == "arn:aws:events:eu-west-1:123456789012:rule/orderflow-prod/orderflow-prod-break-found"])
    error_message = "The rule can't send to its queue, or another rule can."
  }

  assert {
    condition     = alltrue([for target in aws_cloudwatch_event_target.this : target.retry_policy[0].maximum_event_age_in_seconds == 3600 && target.retry_policy[0].maximum_retry_attempts == 185])
    error_message = "A target is given up at once."
  }
}

run "trouble_is_noticed" {
  command = plan

  assert {
    condition     = alltrue(flatten([for rule in ["break-found", "big-reject", "everything"] : [for alarm, metric in { failed = "FailedInvocations", letters-lost = "InvocationsFailedToBeSentToDlq", throttled = "ThrottledRules", became-a-letter = "InvocationsSentToDlq" } : aws_cloudwatch_metric_alarm.rule["${rule}-${alarm}"].metric_name == metric && aws_cloudwatch_metric_alarm.rule["${rule}-${alarm}"].dimensions.EventBusName == "orderflow-prod"]]))
    error_message = "A rule's failures have no alarm."
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.dead_letters)) == toset(["break-found-desk", "big-reject-risk", "record", "bus"])
    error_message = "A dead letter has no alarm."
  }

  assert {
    condition     = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.rule), values(aws_cloudwatch_metric_alarm.dead_letters)) : alarm.alarm_actions == toset([var.alarm_topic_arn]) && alarm.actions_enabled])
    error_message = "An alarm tells nobody."
  }
}

run "a_bus_without_rules_still_keeps_the_record" {
  command = plan

  variables {
    rules = {}
  }

  assert {
    condition     = length(aws_cloudwatch_event_rule.this) == 0 && aws_cloudwatch_event_rule.everything.state == "ENABLED" && output.arn == "arn:aws:events:eu-west-1:123456789012:event-bus/orderflow-prod"
    error_message = "The record needs a rule of the caller's."
  }
}
