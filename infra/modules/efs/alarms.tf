# Alarms: the file system at its limit, and a replica that lags.

locals {
  alarms = merge(
    { io-limit = { metric = "PercentIOLimit", statistic = "Maximum", above = 80, periods = 10, meaning = "is near its limit of operations: reads and writes wait." } },
    var.replica == null ? {} : {
      replica-lag = { metric = "TimeSinceLastSync", statistic = "Maximum", above = 1800, periods = 3, meaning = "was copied to ${try(var.replica.region, "")} more than half an hour ago: that much would be lost with ${var.region}." }
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  region              = var.region
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${var.name} ${each.value.meaning}"
  namespace           = "AWS/EFS"
  metric_name         = each.value.metric
  dimensions          = merge({ FileSystemId = aws_efs_file_system.this.id }, each.key == "replica-lag" ? { DestinationFileSystemId = aws_efs_replication_configuration.this["this"].destination[0].file_system_id } : {})
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  period              = 60
  evaluation_periods  = each.value.periods
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
