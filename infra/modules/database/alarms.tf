# Alarms of the database, of its replica, and of the rotation.

locals {
  alarms = merge(
    {
      cpu         = { metric = "CPUUtilization", above = true, threshold = 80, periods = 10, meaning = "is busy: more than 80 % of its processors for ten minutes." }
      storage     = { metric = "FreeStorageSpace", above = false, threshold = floor(var.instance.storage_gb * 1073741824 * 0.1), periods = 5, meaning = "has less than a tenth of its storage left, and may not have been able to grow." }
      memory      = { metric = "FreeableMemory", above = false, threshold = 268435456, periods = 5, meaning = "has less than 256 MiB of memory left." }
      connections = { metric = "DatabaseConnections", above = true, threshold = 400, periods = 5, meaning = "has more than 400 connections: a pool leaks, or is too large." }
      writes      = { metric = "WriteLatency", above = true, threshold = 0.05, periods = 5, meaning = "writes slowly: more than 50 ms." }
      reads       = { metric = "ReadLatency", above = true, threshold = 0.05, periods = 5, meaning = "reads slowly: more than 50 ms." }
    },
    var.replica_of == null ? {} : {
      replica-lag = { metric = "ReplicaLag", above = true, threshold = 300, periods = 3, meaning = "is more than five minutes behind its source: that much would be lost with the other Region." }
    },
  )

  # The function has 60 seconds; near them the database or an endpoint is slow.
  rotation_alarms = local.rotated ? {
    errors    = { metric = "Errors", statistic = "Sum", threshold = 0, meaning = "failed: the passwords are older than they should be." }
    duration  = { metric = "Duration", statistic = "Maximum", threshold = 48000, meaning = "took more than 48 of its 60 seconds." }
    throttles = { metric = "Throttles", statistic = "Sum", threshold = 0, meaning = "was held up by its concurrency." }
  } : {}
}

resource "aws_cloudwatch_metric_alarm" "database" {
  for_each = local.alarms

  region              = var.region
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${var.name} ${each.value.meaning}"
  namespace           = "AWS/RDS"
  metric_name         = each.value.metric
  dimensions          = { DBInstanceIdentifier = var.name }
  statistic           = "Average"
  comparison_operator = each.value.above ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = each.value.threshold
  period              = 60
  evaluation_periods  = each.value.periods
  treat_missing_data  = "breaching"
  actions_enabled     = true
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "rotation" {
  for_each = local.rotation_alarms

  region              = var.region
  alarm_name          = "${local.function_name}-${each.key}"
  alarm_description   = "${local.function_name} ${each.value.meaning}"
  namespace           = "AWS/Lambda"
  metric_name         = each.value.metric
  dimensions          = { FunctionName = local.function_name }
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

# A rotation that is given up leaves no failed call of the function behind; only this event tells.
resource "aws_cloudwatch_event_rule" "rotation" {
  for_each = local.rotation

  region        = var.region
  name          = "${local.function_name}-failed"
  description   = "A rotation of ${var.name} failed or was given up"
  state         = "ENABLED"
  force_destroy = false

  event_pattern = jsonencode({
    source      = ["aws.secretsmanager"]
    detail-type = ["AWS Service Event via CloudTrail"]
    detail = {
      eventSource         = ["secretsmanager.amazonaws.com"]
      eventName           = ["RotationFailed", "RotationAbandoned"]
      additionalEventData = { SecretId = [for name in values(local.secret_names) : { prefix = "${local.arns}:secretsmanager:${var.region}:${var.account_id}:secret:${name}-" }] }
    }
  })
}

resource "aws_cloudwatch_event_target" "rotation" {
  for_each = local.rotation

  region        = var.region
  rule          = aws_cloudwatch_event_rule.rotation["this"].name
  target_id     = "alarms"
  arn           = var.alarm_topic_arn
  force_destroy = false
}

resource "aws_db_event_subscription" "this" {
  region           = var.region
  name             = var.name
  sns_topic        = var.alarm_topic_arn
  source_type      = "db-instance"
  source_ids       = [var.replica_of == null ? aws_db_instance.this["this"].identifier : aws_db_instance.replica["this"].identifier]
  event_categories = ["availability", "configuration change", "deletion", "failover", "failure", "low storage", "maintenance", "recovery", "restoration"]
  enabled          = true
}
