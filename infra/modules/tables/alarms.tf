# Alarms in the table's own Region and, for replicated tables, in the other one.

locals {
  sites = merge(
    { for table in var.tables : table => { table = table, region = var.region, topic = var.alarm_topic_arn } },
    { for table in local.replicated : "${table}-replica" => { table = table, region = var.replica.region, topic = var.replica.alarm_topic_arn } },
  )

  # PutItem is the one write of the journal, the leases and the view; a failed one is AWS's own fault, not ours.
  watched = {
    write-throttled = { metric = "WriteThrottleEvents", dimensions = {}, meaning = "refused writes: lanes keep their orders and wait." }
    read-throttled  = { metric = "ReadThrottleEvents", dimensions = {}, meaning = "refused reads: recovery and look-ups wait." }
    system-errors   = { metric = "SystemErrors", dimensions = { Operation = "PutItem" }, meaning = "failed writes with errors of its own." }
  }

  alarms = merge([for site, where in local.sites : {
    for alarm, what in local.watched : "${site}-${alarm}" => merge(where, what)
  }]...)

  lagging = setsubtract(local.replicated, local.strong)
}

# A stream and a table may have one name, and then alarms of one name would be one alarm.
resource "aws_cloudwatch_metric_alarm" "table" {
  for_each = local.alarms

  region              = each.value.region
  alarm_name          = "${var.name}-table-${each.key}"
  alarm_description   = "${local.names[each.value.table]} in ${each.value.region} ${each.value.meaning}"
  namespace           = "AWS/DynamoDB"
  metric_name         = each.value.metric
  dimensions          = merge({ TableName = local.names[each.value.table] }, each.value.dimensions)
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = [each.value.topic]
  ok_actions          = [each.value.topic]
}

resource "aws_cloudwatch_metric_alarm" "journal_near_limit" {
  count = contains(var.tables, "journal") ? 1 : 0

  region              = var.region
  alarm_name          = "${var.name}-journal-near-limit"
  alarm_description   = "${local.names["journal"]} takes more than 80 % of the ${local.journal_write_units} write units a second that it is warmed for."
  namespace           = "AWS/DynamoDB"
  metric_name         = "ConsumedWriteCapacityUnits"
  dimensions          = { TableName = local.names["journal"] }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = floor(local.journal_write_units * 60 * 0.8)
  period              = 60
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

# A strongly consistent table has no lag; an eventually consistent one loses as much as this when its Region is lost.
resource "aws_cloudwatch_metric_alarm" "replication_lag" {
  for_each = local.lagging

  region              = var.region
  alarm_name          = "${var.name}-${each.key}-replication-lag"
  alarm_description   = "${local.names[each.key]} reaches ${var.replica.region} more than ${var.max_replication_lag_ms} ms late: that much would be lost with ${var.region}."
  namespace           = "AWS/DynamoDB"
  metric_name         = "ReplicationLatency"
  dimensions          = { TableName = local.names[each.key], ReceivingRegion = var.replica.region }
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.max_replication_lag_ms
  period              = 60
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
