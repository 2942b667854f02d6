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
  environment     = "staging"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  venues          = { XLON = {} }
}

run "a_venue_hears_orders_in_sequence" {
  command = plan

  assert {
    condition     = aws_sqs_queue.this["venue-XLON"].fifo_queue && aws_sqs_queue.this["venue-XLON"].deduplication_scope == "messageGroup" && aws_sqs_queue.this["venue-XLON"].fifo_throughput_limit == "perMessageGroupId" && !aws_sqs_queue.this["venue-XLON"].content_based_deduplication
    error_message = "The venue's queue isn't FIFO by message group, or drops by content."
  }

  assert {
    condition     = output.queue_names["venue-XLON"] == "orderflow-prod-venue-XLON.fifo" && output.queue_arns["venue-XLON"] == "arn:aws:sqs:eu-west-1:123456789012:orderflow-prod-venue-XLON.fifo"
    error_message = "The queue's name or ARN isn't what services take."
  }

  assert {
    condition     = aws_sqs_queue.dead_letters["venue-XLON"].fifo_queue && aws_sqs_queue.dead_letters["venue-XLON"].message_retention_seconds > aws_sqs_queue.this["venue-XLON"].message_retention_seconds
    error_message = "A FIFO queue's dead letters aren't kept in order, or no longer than the queue's."
  }

  assert {
    condition     = aws_sqs_queue.this["orders-dlq"].message_retention_seconds == 1209600 && !contains(keys(aws_sqs_queue.dead_letters), "orders-dlq") && !aws_sqs_queue.this["orders-dlq"].fifo_queue
    error_message = "What can't be decoded has no queue, or it has dead letters of its own."
  }
}

run "nothing_is_stored_or_sent_in_the_clear" {
  command = plan

  assert {
    condition     = alltrue([for queue in concat(values(aws_sqs_queue.this), values(aws_sqs_queue.dead_letters)) : queue.kms_master_key_id == var.kms_key_arn])
    error_message = "A queue isn't encrypted with the key that was given."
  }

  assert {
    condition     = alltrue([for topic in aws_sns_topic.this : topic.kms_master_key_id == var.kms_key_arn && topic.signature_version == 2])
    error_message = "A topic isn't encrypted with the key that was given."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.queue) == 3 && alltrue([for document in data.aws_iam_policy_document.queue : anytrue([for s in jsondecode(document.json).Statement : s.Effect == "Deny" && s.Action == "sqs:*" && try(s.Condition.Bool["aws:SecureTransport"], "") == "false"])])
    error_message = "A queue takes plain HTTP."
  }

  assert {
    condition     = alltrue([for document in data.aws_iam_policy_document.topic : anytrue([for s in jsondecode(document.json).Statement : s.Effect == "Deny" && try(s.Condition.Bool["aws:SecureTransport"], "") == "false"])])
    error_message = "A topic takes plain HTTP."
  }

  assert {
    condition     = toset(keys(aws_sqs_queue_policy.this)) == toset(["orderflow-prod-venue-XLON.fifo", "orderflow-prod-venue-XLON-dlq.fifo", "orderflow-prod-orders-dlq"])
    error_message = "Every queue has its policy."
  }
}

run "dead_letters_come_from_one_queue_only" {
  command = plan

  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_allow_policy.dead_letters["venue-XLON"].redrive_allow_policy).sourceQueueArns == ["arn:aws:sqs:eu-west-1:123456789012:orderflow-prod-venue-XLON.fifo"]
    error_message = "Another queue may use this one's dead-letter queue."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_allow_policy.this["venue-XLON"].redrive_allow_policy).redrivePermission == "denyAll"
    error_message = "A venue's queue may be used as a dead-letter queue."
  }
}

run "receivers_are_named" {
  command = plan

  variables {
    venues = { XLON = { receivers = ["arn:aws:iam::210987654321:role/venue-gateway"] } }
  }

  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.queue["orderflow-prod-venue-XLON.fifo"].json).Statement : s.Sid == "ReceiversRead" && try(s.Principal.AWS, "") == "arn:aws:iam::210987654321:role/venue-gateway" && !contains(flatten([s.Action]), "sqs:SendMessage")])
    error_message = "The receiver can't read, or may send."
  }

  assert {
    condition     = length(jsondecode(data.aws_iam_policy_document.queue["orderflow-prod-venue-XLON-dlq.fifo"].json).Statement) == 1
    error_message = "The receiver may read the dead letters."
  }
}

run "trouble_is_noticed" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.age["XLON"].metric_name == "ApproximateAgeOfOldestMessage" && aws_cloudwatch_metric_alarm.age["XLON"].threshold == 60 && aws_cloudwatch_metric_alarm.age["XLON"].dimensions.QueueName == "orderflow-prod-venue-XLON.fifo"
    error_message = "An order may grow old unseen."
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.letters)) == toset(["venue-XLON-dead-letters", "orders-dlq-depth"]) && alltrue([for alarm in aws_cloudwatch_metric_alarm.letters : alarm.threshold == 0 && alarm.metric_name == "ApproximateNumberOfMessagesVisible"])
    error_message = "A dead letter has no alarm."
  }

  assert {
    condition     = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.letters), values(aws_cloudwatch_metric_alarm.age), values(aws_cloudwatch_metric_alarm.notices_failed)) : alarm.alarm_actions == toset([var.alarm_topic_arn]) && alarm.actions_enabled])
    error_message = "An alarm tells nobody."
  }
}

run "an_undelivered_notice_is_kept" {
  command = plan

  variables {
    topics = {
      alarms = {
        services = ["cloudwatch", "events"]
        subscriptions = {
          desk  = { protocol = "email", endpoint = "desk@example.com" }
          pager = { protocol = "https", endpoint = "https://pager.example.com/hook", filter_policy = "{\"severity\":[\"page\"]}" }
        }
      }
    }
  }

  assert {
    condition     = toset([for queue in aws_sqs_queue.undelivered : queue.name]) == toset(["orderflow-prod-alarms-desk-undelivered", "orderflow-prod-alarms-pager-undelivered"])
    error_message = "A subscription has no dead-letter queue."
  }

  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.undelivered["alarms-desk"].json).Statement : s.Effect == "Allow" && try(s.Condition.ArnEquals["aws:SourceArn"], "") == "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"])
    error_message = "The topic can't send there, or another topic can."
  }

  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.topic["alarms"].json).Statement : s.Sid == "ServicesPublish" && try(s.Condition.StringEquals["aws:SourceAccount"], "") == "123456789012"])
    error_message = "A service publishes for another account."
  }

  assert {
    condition     = contains(keys(aws_cloudwatch_metric_alarm.letters), "alarms-pager-undelivered") && aws_cloudwatch_metric_alarm.notices_failed["alarms"].metric_name == "NumberOfNotificationsFailed"
    error_message = "An undelivered notice has no alarm."
  }

  assert {
    condition     = output.topic_arns["alarms"] == "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
    error_message = "The topic's ARN isn't the one that alarms compute."
  }
}
