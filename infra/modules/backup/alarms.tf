# A backup, copy or trial restore that failed, and a day without any backup.

locals {
  watched = length(local.plan) == 0 ? {} : {
    failed         = { metric = "NumberOfBackupJobsFailed", above = true, periods = 1, meaning = "A backup failed." }
    missing        = { metric = "NumberOfBackupJobsCompleted", above = false, periods = 26, meaning = "No backup was completed for 26 hours." }
    copy-failed    = { metric = "NumberOfCopyJobsFailed", above = true, periods = 1, meaning = "A backup could not be copied away." }
    restore-failed = { metric = "NumberOfRestoreJobsFailed", above = true, periods = 1, meaning = "A backup could not be restored." }
  }
}

resource "aws_cloudwatch_metric_alarm" "backup" {
  for_each = local.watched

  region              = var.region
  alarm_name          = "${var.name}-backup-${each.key}"
  alarm_description   = each.value.meaning
  namespace           = "AWS/Backup"
  metric_name         = each.value.metric
  dimensions          = { BackupVaultName = var.name }
  statistic           = "Sum"
  comparison_operator = each.value.above ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = each.value.above ? 0 : 1
  period              = 3600
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = each.value.periods
  treat_missing_data  = each.value.above ? "notBreaching" : "breaching"
  actions_enabled     = true
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

resource "aws_cloudwatch_event_rule" "failed" {
  region        = var.region
  name          = "${var.name}-backup-failed"
  description   = "A backup, copy or restore of ${var.name} ended badly"
  state         = "ENABLED"
  force_destroy = false

  event_pattern = jsonencode({
    source      = ["aws.backup"]
    detail-type = ["Backup Job State Change", "Copy Job State Change", "Restore Job State Change"]
    # A backup and a copy tell their `state`, a restore its `status`.
    detail = { "$or" = [{ state = ["ABORTED", "EXPIRED", "FAILED"] }, { status = ["ABORTED", "FAILED"] }] }
  })
}

resource "aws_cloudwatch_event_target" "failed" {
  region        = var.region
  rule          = aws_cloudwatch_event_rule.failed.name
  target_id     = "alarms"
  arn           = var.alarm_topic_arn
  force_destroy = false
}

resource "aws_backup_vault_notifications" "this" {
  region              = var.region
  backup_vault_name   = aws_backup_vault.this.name
  sns_topic_arn       = var.alarm_topic_arn
  backup_vault_events = ["COPY_JOB_FAILED", "S3_BACKUP_OBJECT_FAILED", "S3_RESTORE_OBJECT_FAILED"]
}
