# Alarms: late readers, refused writes and reads, and a rate that comes near to what the shards take.

locals {
  stream = { StreamName = var.name }

  # Throttles are errors at any number. The lag is looked at for three minutes, so that one slow restart wakes nobody.
  alarms = merge(
    {
      iterator-age = {
        metric  = "GetRecords.IteratorAgeMilliseconds", statistic = "Maximum", threshold = var.max_lag_ms, periods = 3, dimensions = local.stream
        meaning = "A reader of ${var.name} lies more than ${var.max_lag_ms} ms behind: orders wait."
      }
      write-throttled = {
        metric  = "WriteProvisionedThroughputExceeded", statistic = "Sum", threshold = 0, periods = 1, dimensions = local.stream
        meaning = "${var.name} refused records: producers retry, and an account on a hot shard waits."
      }
      read-throttled = {
        metric  = "ReadProvisionedThroughputExceeded", statistic = "Sum", threshold = 0, periods = 3, dimensions = local.stream
        meaning = "Readers of ${var.name} share a shard's 2 MB a second and get too little."
      }
      put-failed = {
        metric  = "PutRecords.FailedRecords", statistic = "Sum", threshold = 0, periods = 3, dimensions = local.stream
        meaning = "${var.name} failed to take records for reasons of its own."
      }
    },
    { for consumer in var.consumers : "lag-${consumer}" => {
      metric     = "SubscribeToShardEvent.MillisBehindLatest", statistic = "Maximum", threshold = var.max_lag_ms, periods = 3
      dimensions = merge(local.stream, { ConsumerName = consumer })
      meaning    = "Consumer ${consumer} of ${var.name} lies more than ${var.max_lag_ms} ms behind."
    } },
    var.shards == null ? {} : {
      records-near-limit = {
        metric  = "IncomingRecords", statistic = "Sum", threshold = floor(coalesce(var.shards, 1) * 1000 * 60 * 0.8), periods = 5, dimensions = local.stream
        meaning = "${var.name} takes more than 80 % of the records that its shards allow: split before producers are refused."
      }
      bytes-near-limit = {
        metric  = "IncomingBytes", statistic = "Sum", threshold = floor(coalesce(var.shards, 1) * 1000000 * 60 * 0.8), periods = 5, dimensions = local.stream
        meaning = "${var.name} takes more than 80 % of the bytes that its shards allow: split before producers are refused."
      }
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "stream" {
  for_each = local.alarms

  region              = var.region
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.meaning
  namespace           = "AWS/Kinesis"
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = 60
  evaluation_periods  = each.value.periods
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
