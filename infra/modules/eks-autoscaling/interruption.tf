# Interruption notices, by EventBridge into a queue that Karpenter reads.

resource "aws_sqs_queue" "interruption" {
  for_each = local.karpenter

  region                    = var.region
  name                      = "${var.name}-interruptions"
  message_retention_seconds = 300 # a notice is worthless after two minutes
  sqs_managed_sse_enabled   = true
}

data "aws_iam_policy_document" "interruption" {
  statement {
    sid       = "EventBridgeSends"
    actions   = ["sqs:SendMessage"]
    resources = ["arn:${local.partition}:sqs:${var.region}:${var.account_id}:${var.name}-interruptions"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:events:${var.region}:${var.account_id}:rule/${var.name}-interruption-*"]
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = ["arn:${local.partition}:sqs:${var.region}:${var.account_id}:${var.name}-interruptions"]

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

resource "aws_sqs_queue_policy" "interruption" {
  for_each = local.karpenter

  region    = var.region
  queue_url = aws_sqs_queue.interruption[each.key].url
  policy    = data.aws_iam_policy_document.interruption.json
}

resource "aws_cloudwatch_event_rule" "interruption" {
  for_each = var.autoscaler.kind == "karpenter" ? local.interruption_events : {}

  region        = var.region
  name          = "${var.name}-interruption-${each.key}"
  description   = "${each.value.detail_type} to Karpenter"
  event_pattern = jsonencode({ source = [each.value.source], detail-type = [each.value.detail_type] })
}

resource "aws_cloudwatch_event_target" "interruption" {
  for_each = aws_cloudwatch_event_rule.interruption

  region    = var.region
  rule      = each.value.name
  target_id = "karpenter"
  arn       = aws_sqs_queue.interruption["this"].arn
}
