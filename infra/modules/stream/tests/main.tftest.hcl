provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod-orders"
  region          = "eu-west-1"
  account_id      = "123456789012"
  environment     = "prod"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
}

run "ten_shards_take_ten_thousand_records" {
  command = plan

  assert {
    condition     = aws_kinesis_stream.this.shard_count == 10 && aws_kinesis_stream.this.stream_mode_details[0].stream_mode == "PROVISIONED"
    error_message = "The stream isn't provisioned with 10 shards."
  }

  assert {
    condition     = aws_kinesis_stream.this.encryption_type == "KMS" && aws_kinesis_stream.this.kms_key_id == var.kms_key_arn
    error_message = "Records aren't encrypted with the key that was given."
  }

  assert {
    condition     = aws_kinesis_stream.this.retention_period == 168
    error_message = "Records are gone before a week is over."
  }

  assert {
    condition     = !aws_kinesis_stream.this.enforce_consumer_deletion
    error_message = "A stream may be deleted while somebody subscribes to it."
  }

  assert {
    condition     = contains(aws_kinesis_stream.this.shard_level_metrics, "WriteProvisionedThroughputExceeded") && contains(aws_kinesis_stream.this.shard_level_metrics, "IteratorAgeMilliseconds")
    error_message = "Hot shards can't be told apart."
  }

  assert {
    condition     = output.arn == "arn:aws:kinesis:eu-west-1:123456789012:stream/orderflow-prod-orders" && output.name == "orderflow-prod-orders"
    error_message = "The ARN in the output isn't the stream's."
  }
}

run "trouble_is_noticed" {
  command = plan

  variables {
    consumers = ["order-router", "archive"]
  }

  assert {
    condition     = alltrue([for alarm, metric in { iterator-age = "GetRecords.IteratorAgeMilliseconds", write-throttled = "WriteProvisionedThroughputExceeded", read-throttled = "ReadProvisionedThroughputExceeded", put-failed = "PutRecords.FailedRecords" } : aws_cloudwatch_metric_alarm.stream[alarm].metric_name == metric && aws_cloudwatch_metric_alarm.stream[alarm].dimensions.StreamName == "orderflow-prod-orders"])
    error_message = "Late readers, refused writes or reads have no alarm."
  }

  assert {
    condition     = alltrue([for consumer in ["order-router", "archive"] : aws_cloudwatch_metric_alarm.stream["lag-${consumer}"].dimensions.ConsumerName == consumer && aws_cloudwatch_metric_alarm.stream["lag-${consumer}"].threshold == 5000])
    error_message = "A fan-out consumer has no alarm of its own."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.stream["records-near-limit"].threshold == 480000 && aws_cloudwatch_metric_alarm.stream["bytes-near-limit"].threshold == 480000000
    error_message = "The rate alarms don't fire at 80 % of what ten shards take."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.stream : alarm.alarm_actions == toset([var.alarm_topic_arn]) && alarm.actions_enabled])
    error_message = "An alarm tells nobody."
  }

  assert {
    condition     = toset(keys(aws_kinesis_stream_consumer.fan_out)) == toset(["order-router", "archive"])
    error_message = "The consumers aren't the two that were asked for."
  }
}

run "on_demand_without_shards" {
  command = plan

  variables {
    shards = null
  }

  assert {
    condition     = aws_kinesis_stream.this.stream_mode_details[0].stream_mode == "ON_DEMAND" && output.shards == null
    error_message = "The stream isn't on-demand."
  }

  assert {
    condition     = !contains(keys(aws_cloudwatch_metric_alarm.stream), "records-near-limit") && contains(keys(aws_cloudwatch_metric_alarm.stream), "write-throttled")
    error_message = "An alarm measures a limit that an on-demand stream doesn't have."
  }
}

run "dev_may_have_one_shard" {
  command = plan

  variables {
    environment     = "dev"
    shards          = 1
    retention_hours = 24
    expected        = { records_per_second = 500, bytes_per_second = 100000 }
  }

  assert {
    condition     = aws_kinesis_stream.this.shard_count == 1 && aws_kinesis_stream.this.retention_period == 24
    error_message = "A small stream isn't small."
  }
}
