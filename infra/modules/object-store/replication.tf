# Each side of a pair copies to the other, so that failing back needs no copying. S3 never copies a copy.

locals {
  regions = keys(local.sites)
  copies = { for bucket, settings in local.buckets : bucket => merge(settings, {
    target = "${settings.noun}/${one([for region in local.regions : region if region != settings.region])}"
  }) if length(local.regions) == 2 }
}

data "aws_iam_policy_document" "replication_trust" {
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

data "aws_iam_policy_document" "replication" {
  for_each = local.copies

  statement {
    sid       = "ReadSource"
    actions   = ["s3:GetReplicationConfiguration", "s3:ListBucket", "s3:GetBucketObjectLockConfiguration"]
    resources = ["${local.s3}${each.value.name}"]
  }

  statement {
    sid       = "ReadVersions"
    actions   = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging", "s3:GetObjectRetention", "s3:GetObjectLegalHold"]
    resources = ["${local.s3}${each.value.name}/*"]
  }

  statement {
    sid       = "WriteCopies"
    actions   = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
    resources = ["${local.s3}${local.buckets[each.value.target].name}/*"]
  }

  statement {
    sid       = "Decrypt"
    actions   = ["kms:Decrypt"]
    resources = [each.value.kms_key_arn]
  }

  statement {
    sid       = "Encrypt"
    actions   = ["kms:Encrypt", "kms:GenerateDataKey"]
    resources = [local.buckets[each.value.target].kms_key_arn]
  }
}

resource "aws_iam_role" "replication" {
  for_each = local.copies

  name                  = "${var.name}-copy-${each.value.noun}-${each.value.region}"
  description           = "Copies ${each.value.name} to ${local.buckets[each.value.target].name}"
  assume_role_policy    = data.aws_iam_policy_document.replication_trust.json
  force_detach_policies = true
}

resource "aws_iam_role_policy" "replication" {
  for_each = local.copies

  name   = "replication"
  role   = aws_iam_role.replication[each.key].id
  policy = data.aws_iam_policy_document.replication[each.key].json
}

resource "aws_s3_bucket_replication_configuration" "this" {
  for_each = local.copies

  region = each.value.region
  bucket = aws_s3_bucket_versioning.this[each.key].bucket
  role   = aws_iam_role.replication[each.key].arn

  rule {
    id       = "pair"
    status   = "Enabled"
    priority = 1

    filter {
      prefix = ""
    }

    # A deletion stays where it was made: the other side is there for the day when it was a mistake.
    delete_marker_replication {
      status = "Disabled"
    }

    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }

    destination {
      bucket        = "${local.s3}${local.buckets[each.value.target].name}"
      storage_class = "STANDARD"

      encryption_configuration {
        replica_kms_key_id = local.buckets[each.value.target].kms_key_arn
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

  # The destination must be there and versioned before a rule may name it.
  depends_on = [aws_s3_bucket_versioning.this, aws_s3_bucket_object_lock_configuration.this]
}

# S3 writes the latency in the destination's Region and the failures in the source's; each alarm stands where its metric is.
locals {
  replication_alarms = merge([for bucket, settings in local.copies : {
    "${bucket}/late"   = merge(settings, { site = settings.target, metric = "ReplicationLatency", statistic = "Maximum", above = 900, meaning = "is copied more than 15 minutes late" })
    "${bucket}/failed" = merge(settings, { site = bucket, metric = "OperationsFailedReplication", statistic = "Sum", above = 0, meaning = "has objects that could not be copied" })
  }]...)
}

resource "aws_cloudwatch_metric_alarm" "replication" {
  for_each = local.replication_alarms

  region              = local.buckets[each.value.site].region
  alarm_name          = "${each.value.name}-replication-${split("/", each.key)[2]}"
  alarm_description   = "${each.value.name} ${each.value.meaning}: that is what its Region's loss would cost."
  namespace           = "AWS/S3"
  metric_name         = each.value.metric
  dimensions          = { SourceBucket = each.value.name, DestinationBucket = local.buckets[each.value.target].name, RuleId = "pair" }
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  period              = 300
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = [local.buckets[each.value.site].alarm_topic_arn]
  ok_actions          = [local.buckets[each.value.site].alarm_topic_arn]
}
