# A dead-letter queue per target, one for the record and one for the bus itself.

locals {
  # queue => who may send to it
  dead_letters = merge(
    { for target, where in local.targets : target => "${local.events}:rule/${var.name}/${var.name}-${where.rule}" },
    {
      record = "${local.events}:rule/${var.name}/${var.name}-everything"
      bus    = local.arn
    },
  )
  dead_letter_names = { for queue in keys(local.dead_letters) : queue => "${var.name}-events-${queue}-dlq" }
}

resource "aws_sqs_queue" "dead_letters" {
  for_each = local.dead_letters

  region                            = var.region
  name                              = local.dead_letter_names[each.key]
  fifo_queue                        = false
  message_retention_seconds         = 14 * 86400
  visibility_timeout_seconds        = 30
  receive_wait_time_seconds         = 20
  delay_seconds                     = 0
  max_message_size                  = 262144
  kms_master_key_id                 = var.kms_key_arn
  kms_data_key_reuse_period_seconds = 300
}

data "aws_iam_policy_document" "dead_letters" {
  for_each = local.dead_letters

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = ["${local.sqs}:${local.dead_letter_names[each.key]}"]

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
    sid       = "EventsSend"
    actions   = ["sqs:SendMessage"]
    resources = ["${local.sqs}:${local.dead_letter_names[each.key]}"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [each.value]
    }
  }
}

resource "aws_sqs_queue_policy" "dead_letters" {
  for_each = local.dead_letters

  region    = var.region
  queue_url = aws_sqs_queue.dead_letters[each.key].id
  policy    = data.aws_iam_policy_document.dead_letters[each.key].json
}
