# Who may use a queue or a topic: TLS for everybody, other accounts' receivers by name, AWS services for this account only.

locals {
  # every queue that isn't a subscription's, with who may read it
  guarded = merge(
    { for queue, settings in local.queues : local.names[queue] => { receivers = settings.receivers, url = aws_sqs_queue.this[queue].id } },
    { for queue, settings in local.with_dead_letters : local.dead_letter_names[queue] => { receivers = toset([]), url = aws_sqs_queue.dead_letters[queue].id } },
  )
}

data "aws_iam_policy_document" "queue" {
  for_each = local.guarded

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = ["${local.sqs}:${each.key}"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  dynamic "statement" {
    for_each = length(each.value.receivers) > 0 ? [each.value.receivers] : []

    content {
      sid       = "ReceiversRead"
      actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"]
      resources = ["${local.sqs}:${each.key}"]

      principals {
        type        = "AWS"
        identifiers = statement.value
      }
    }
  }
}

resource "aws_sqs_queue_policy" "this" {
  for_each = local.guarded

  region    = var.region
  queue_url = each.value.url
  policy    = data.aws_iam_policy_document.queue[each.key].json
}

data "aws_iam_policy_document" "undelivered" {
  for_each = local.subscriptions

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = ["${local.sqs}:${local.subscription_dead_letters[each.key]}"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  statement {
    sid       = "TopicSends"
    actions   = ["sqs:SendMessage"]
    resources = ["${local.sqs}:${local.subscription_dead_letters[each.key]}"]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["${local.sns}:${local.topic_names[each.value.topic]}"]
    }
  }
}

data "aws_iam_policy_document" "topic" {
  for_each = var.topics

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["sns:Publish", "sns:Subscribe"]
    resources = ["${local.sns}:${local.topic_names[each.key]}"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  dynamic "statement" {
    for_each = length(each.value.services) > 0 ? [each.value.services] : []

    content {
      sid       = "ServicesPublish"
      actions   = ["sns:Publish"]
      resources = ["${local.sns}:${local.topic_names[each.key]}"]

      principals {
        type        = "Service"
        identifiers = [for service in statement.value : "${service}.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [var.account_id]
      }
    }
  }
}
