# The bus for what is rare: rejects by control, breaks, lane, lease and kill-switch changes. Order is not promised on it.

data "aws_partition" "current" {}

locals {
  events = "arn:${data.aws_partition.current.partition}:events:${var.region}:${var.account_id}"
  sqs    = "arn:${data.aws_partition.current.partition}:sqs:${var.region}:${var.account_id}"

  arn      = "${local.events}:event-bus/${var.name}"
  patterns = { for name, rule in var.rules : name => rule.pattern != null ? rule.pattern : file("${path.module}/patterns/${name}.json") }

  targets = merge([for rule, settings in var.rules : {
    for target, where in settings.targets : "${rule}-${target}" => merge(where, { rule = rule, target = target })
  }]...)
}

resource "aws_cloudwatch_event_bus" "this" {
  region             = var.region
  name               = var.name
  description        = "Rejects, breaks, lane, lease and kill-switch changes of ${var.name}"
  kms_key_identifier = var.kms_key_arn

  # Events that the bus itself can't decrypt or hand on.
  dead_letter_config {
    arn = aws_sqs_queue.dead_letters["bus"].arn
  }

  log_config {
    include_detail = "NONE"
    level          = "ERROR"
  }
}

data "aws_iam_policy_document" "bus" {
  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["events:PutEvents"]
    resources = [local.arn]

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
}

resource "aws_cloudwatch_event_bus_policy" "this" {
  region         = var.region
  event_bus_name = aws_cloudwatch_event_bus.this.name
  policy         = data.aws_iam_policy_document.bus.json
}

resource "aws_cloudwatch_event_archive" "this" {
  region             = var.region
  name               = var.name
  description        = "Every event of ${var.name}, for replay"
  event_source_arn   = aws_cloudwatch_event_bus.this.arn
  retention_days     = var.archive_days
  kms_key_identifier = var.kms_key_arn
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = var.rules

  region         = var.region
  name           = "${var.name}-${each.key}"
  description    = each.value.description
  event_bus_name = aws_cloudwatch_event_bus.this.name
  event_pattern  = local.patterns[each.key]
  state          = "ENABLED"
  force_destroy  = false
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = local.targets

  region         = var.region
  rule           = aws_cloudwatch_event_rule.this[each.value.rule].name
  event_bus_name = aws_cloudwatch_event_bus.this.name
  target_id      = each.value.target
  arn            = each.value.arn
  role_arn       = each.value.role_arn
  force_destroy  = false

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters[each.key].arn
  }

  retry_policy {
    maximum_event_age_in_seconds = var.max_event_age_seconds
    maximum_retry_attempts       = 185
  }

  dynamic "sqs_target" {
    for_each = each.value.message_group_id == null ? [] : [each.value.message_group_id]

    content {
      message_group_id = sqs_target.value
    }
  }
}
