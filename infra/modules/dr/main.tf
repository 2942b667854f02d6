# Disaster recovery of a pair. The primary's page leaves its sizes in the standby's Region; the standby's page has what acts on them.

data "aws_partition" "current" {}

locals {
  arn       = "arn:${data.aws_partition.current.partition}"
  standby   = var.posture.role == "standby"
  topic_arn = "${local.arn}:sns:${var.region}:${var.account_id}:${var.name}-dr"

  # Where the sizes lie, in both pages' eyes.
  sizes_path = "/${var.name}/dr/desired"

  # Seconds until the standby serves, by mode; the drill and the alarm hold the controller to it.
  recovery_seconds = { backup = 14400, pilot_light = 900, warm_standby = 300, active_active = 60 }[var.posture.mode]

  acting = toset(var.controller == null ? [] : ["this"])
}

# Written into the other Region ahead of time: nothing is read from a Region that is lost.
resource "aws_ssm_parameter" "desired" {
  for_each = var.desired_sizes

  region      = var.posture.peer_region
  name        = "${local.sizes_path}/${each.key}"
  description = "Size of ${each.value.name} in ${var.region}, for its place in ${var.posture.peer_region}"
  type        = "SecureString"
  key_id      = var.posture.peer_key_arn
  tier        = "Standard"
  value       = jsonencode(each.value)
}

# What the controller announces: who was told, and in which order, is in the audit log.
resource "aws_sns_topic" "this" {
  region            = var.region
  name              = "${var.name}-dr"
  display_name      = "${var.name} disaster recovery"
  kms_master_key_id = var.kms_key_arn
}

data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "OurServicesPublish"
    actions   = ["sns:Publish"]
    resources = [local.topic_arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "events.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [local.topic_arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sns_topic_policy" "this" {
  region = var.region
  arn    = aws_sns_topic.this.arn
  policy = data.aws_iam_policy_document.topic.json
}
