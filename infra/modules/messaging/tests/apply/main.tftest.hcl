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

run "letters_go_where_they_belong" {
  command = apply

  assert {
    condition     = jsondecode(aws_sqs_queue.this["venue-XLON"].redrive_policy) == { deadLetterTargetArn = "arn:aws:sqs:eu-west-1:123456789012:orderflow-prod-venue-XLON-dlq.fifo", maxReceiveCount = 5 }
    error_message = "A venue's queue gives its dead letters to another queue, or at another count."
  }

  assert {
    condition     = alltrue([for queue, arn in output.queue_arns : aws_sqs_queue.this[queue].arn == arn]) && alltrue([for queue, arn in output.dead_letter_arns : aws_sqs_queue.dead_letters[queue].arn == arn])
    error_message = "A queue's computed ARN isn't the one that it gets."
  }

  assert {
    condition     = alltrue([for topic, arn in output.topic_arns : aws_sns_topic.this[topic].arn == arn])
    error_message = "A topic's computed ARN isn't the one that it gets."
  }
}
