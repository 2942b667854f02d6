# Everything that arrives in access-logs is copied into the archive within 15 minutes, and encrypted with our key there.

locals {
  role_name = "${var.name}-log-archive-${var.region}"
  role_arn  = "arn:${data.aws_partition.current.partition}:iam::${var.account_id}:role/${local.role_name}"
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

data "aws_iam_policy_document" "copy" {
  statement {
    sid       = "ReadSource"
    actions   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    resources = ["${local.s3}${local.buckets["access-logs"]}"]
  }

  statement {
    sid       = "ReadVersions"
    actions   = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
    resources = ["${local.s3}${local.buckets["access-logs"]}/*"]
  }

  statement {
    sid       = "WriteCopies"
    actions   = ["s3:ReplicateObject", "s3:ReplicateTags"]
    resources = ["${local.s3}${local.buckets["log-archive"]}/*"]
  }

  statement {
    sid       = "Encrypt"
    actions   = ["kms:Encrypt", "kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
  }
}

resource "aws_iam_role" "copy" {
  name                  = local.role_name
  description           = "Copies access logs into the locked archive"
  assume_role_policy    = data.aws_iam_policy_document.trust.json
  force_detach_policies = true
}

resource "aws_iam_role_policy" "copy" {
  name   = "copy"
  role   = aws_iam_role.copy.id
  policy = data.aws_iam_policy_document.copy.json
}

resource "aws_s3_bucket_replication_configuration" "archive" {
  region = var.region
  bucket = aws_s3_bucket_versioning.this["access-logs"].bucket
  role   = aws_iam_role.copy.arn

  rule {
    id       = "archive"
    status   = "Enabled"
    priority = 1

    filter {
      prefix = ""
    }

    delete_marker_replication {
      status = "Disabled"
    }

    destination {
      bucket        = "${local.s3}${aws_s3_bucket_object_lock_configuration.archive.bucket}"
      storage_class = "STANDARD"

      encryption_configuration {
        replica_kms_key_id = var.kms_key_arn
      }

      metrics {
        status = "Enabled"

        event_threshold {
          minutes = 15
        }
      }

      replication_time {
        status = "Enabled"

        time {
          minutes = 15
        }
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "copy" {
  for_each = {
    late   = { metric = "ReplicationLatency", statistic = "Maximum", above = 900, meaning = "Access logs reach the archive more than 15 minutes late." }
    failed = { metric = "OperationsFailedReplication", statistic = "Sum", above = 0, meaning = "An access log could not be copied into the archive." }
  }

  region              = var.region
  alarm_name          = "${var.name}-log-archive-${each.key}"
  alarm_description   = each.value.meaning
  namespace           = "AWS/S3"
  metric_name         = each.value.metric
  dimensions          = { SourceBucket = local.buckets["access-logs"], DestinationBucket = local.buckets["log-archive"], RuleId = "archive" }
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  period              = 300
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
