# Secrets without values: who may read which, under which key, in which Regions. Values never pass through a plan or a state.

data "aws_partition" "current" {}

locals {
  arn_prefix = "arn:${data.aws_partition.current.partition}:secretsmanager:${var.region}:${var.account_id}:secret:${var.name}"
}

resource "aws_secretsmanager_secret" "this" {
  for_each = var.secrets

  region                         = var.region
  name                           = "${var.name}/${each.key}"
  description                    = each.value.description
  kms_key_id                     = var.kms_key_arn
  recovery_window_in_days        = var.environment == "prod" ? 30 : 7
  force_overwrite_replica_secret = false

  dynamic "replica" {
    for_each = each.value.replicated ? var.replica_key_arns : {}

    content {
      region     = replica.key
      kms_key_id = replica.value
    }
  }
}

# Reading needs both: the reader's own policy, and not being refused here.
data "aws_iam_policy_document" "this" {
  for_each = var.secrets

  statement {
    sid       = "ReadersRead"
    actions   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    resources = ["${local.arn_prefix}/${each.key}-*"]

    principals {
      type        = "AWS"
      identifiers = sort(each.value.reader_role_arns)
    }
  }

  statement {
    sid       = "NobodyElseReads"
    effect    = "Deny"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["${local.arn_prefix}/${each.key}-*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "ArnNotLike"
      variable = "aws:PrincipalArn"
      values   = sort(setunion(each.value.reader_role_arns, var.administrator_role_arns, each.value.rotation == null ? [] : [each.value.rotation.role_arn]))
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["secretsmanager:*"]
    resources = ["${local.arn_prefix}/${each.key}-*"]

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

resource "aws_secretsmanager_secret_policy" "this" {
  for_each = var.secrets

  region              = var.region
  secret_arn          = aws_secretsmanager_secret.this[each.key].arn
  policy              = data.aws_iam_policy_document.this[each.key].json
  block_public_policy = true
}

resource "aws_secretsmanager_secret_rotation" "this" {
  for_each = { for name, secret in var.secrets : name => secret.rotation if secret.rotation != null }

  region              = var.region
  secret_id           = aws_secretsmanager_secret.this[each.key].id
  rotation_lambda_arn = each.value.function_arn
  rotate_immediately  = false # the first value is put in by hand; rotating nothing fails

  rotation_rules {
    automatically_after_days = each.value.days
    duration                 = "3h"
  }
}

# Failed rotations and deletions are events, not metrics.
resource "aws_cloudwatch_event_rule" "trouble" {
  region      = var.region
  name        = "${var.name}-secret-trouble"
  description = "A secret of ${var.name} failed to rotate or is being deleted"

  event_pattern = jsonencode({
    source      = ["aws.secretsmanager"]
    detail-type = ["AWS Service Event via CloudTrail", "AWS API Call via CloudTrail"]
    detail = {
      eventSource = ["secretsmanager.amazonaws.com"]
      eventName   = ["RotationFailed", "DeleteSecret", "SecretVersionDeletion", "DeleteResourcePolicy"]
    }
  })
}

resource "aws_cloudwatch_event_target" "trouble" {
  region    = var.region
  rule      = aws_cloudwatch_event_rule.trouble.name
  target_id = "alarms"
  arn       = var.alarm_topic_arn
}
