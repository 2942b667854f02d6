# The audit log, the figures in it, and the alarms on recovery point and recovery time.

locals {
  audit_log_group = "/${var.name}/dr/audit"

  # Figures that the controller writes into each audit line of a fail-over or a drill.
  figures = {
    RecoverySeconds      = { field = "recovery_seconds", limit = local.recovery_seconds, description = "The standby took longer to serve than ${var.posture.mode} promises (RTO)." }
    RecoveryPointSeconds = { field = "recovery_point_seconds", limit = var.replication.point_seconds, description = "More was not yet copied than is promised when the Region was left (RPO)." }
  }

  lag_alarms = merge(
    { for table in var.replication.tables : "table-${table}" => {
      namespace   = "AWS/DynamoDB", metric = "ReplicationLatency", threshold = var.replication.point_seconds * 1000, missing = "notBreaching"
      dimensions  = { TableName = table, ReceivingRegion = var.posture.peer_region }
      description = "Table ${table} is copied too slowly to ${var.posture.peer_region}: what isn't there would be lost (RPO)."
    } },
    { for key, rule in var.replication.buckets : "bucket-${key}" => {
      namespace   = "AWS/S3", metric = "ReplicationLatency", threshold = 900, missing = "notBreaching"
      dimensions  = { SourceBucket = rule.source, DestinationBucket = rule.destination, RuleId = rule.rule_id }
      description = "Bucket ${rule.source} is more than 15 minutes ahead of its copy (RPO)."
    } },
    { for key, rule in var.replication.buckets : "bucket-failed-${key}" => {
      namespace   = "AWS/S3", metric = "OperationsFailedReplication", threshold = 1, missing = "notBreaching"
      dimensions  = { SourceBucket = rule.source, DestinationBucket = rule.destination, RuleId = rule.rule_id }
      description = "Objects of ${rule.source} could not be copied and won't be tried again."
    } },
    { for replica in var.replication.database_replicas : "replica-${replica}" => {
      namespace   = "AWS/RDS", metric = "ReplicaLag", threshold = var.replication.database_lag_seconds, missing = "breaching"
      dimensions  = { DBInstanceIdentifier = replica }
      description = "Replica ${replica} is behind its primary; a promotion now would lose what is missing (RPO)."
    } },
  )
}

resource "aws_cloudwatch_log_group" "audit" {
  region            = var.region
  name              = local.audit_log_group
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_cloudwatch_log_metric_filter" "figure" {
  for_each = local.standby ? local.figures : {}

  region         = var.region
  name           = "${var.name}-${each.key}"
  log_group_name = aws_cloudwatch_log_group.audit.name
  pattern        = "{ $.${each.value.field} = * }"

  metric_transformation {
    name      = each.key
    namespace = "${var.name}/dr"
    value     = "$.${each.value.field}"
    unit      = "Seconds"
  }
}

resource "aws_cloudwatch_metric_alarm" "figure" {
  for_each = local.standby ? local.figures : {}

  region              = var.region
  alarm_name          = "${var.name}-dr-${lower(each.key)}"
  alarm_description   = each.value.description
  namespace           = "${var.name}/dr"
  metric_name         = aws_cloudwatch_log_metric_filter.figure[each.key].metric_transformation[0].name
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = each.value.limit
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn, aws_sns_topic.this.arn]
}

resource "aws_cloudwatch_metric_alarm" "lag" {
  for_each = local.lag_alarms

  region              = var.region
  alarm_name          = "${var.name}-dr-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = each.value.missing
  alarm_actions       = [var.alarm_topic_arn, aws_sns_topic.this.arn]
  ok_actions          = [var.alarm_topic_arn]
}

# A watch that nobody keeps: the recovery time can't be held by a function that isn't called.
resource "aws_cloudwatch_metric_alarm" "unwatched" {
  for_each = local.acting

  region              = var.region
  alarm_name          = "${var.name}-dr-unwatched"
  alarm_description   = "The failover controller hasn't been called for five minutes: nobody would notice the loss of ${var.posture.peer_region} (RTO)."
  namespace           = "AWS/Lambda"
  metric_name         = "Invocations"
  dimensions          = { FunctionName = local.function_name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 5
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
