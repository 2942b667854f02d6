# The record: every event of the bus in a log group, whatever rules exist.

resource "aws_cloudwatch_log_group" "events" {
  region                      = var.region
  name                        = "/aws/events/${var.name}"
  retention_in_days           = var.log_retention_days
  kms_key_id                  = var.kms_key_arn
  log_group_class             = "STANDARD"
  deletion_protection_enabled = var.environment == "prod"
  skip_destroy                = false
}

resource "aws_cloudwatch_event_rule" "everything" {
  region         = var.region
  name           = "${var.name}-everything"
  description    = "Every event of the bus, for the record"
  event_bus_name = aws_cloudwatch_event_bus.this.name
  event_pattern  = jsonencode({ source = [{ prefix = "" }] })
  state          = "ENABLED"
  force_destroy  = false
}

resource "aws_cloudwatch_event_target" "record" {
  region         = var.region
  rule           = aws_cloudwatch_event_rule.everything.name
  event_bus_name = aws_cloudwatch_event_bus.this.name
  target_id      = "record"
  arn            = "arn:${data.aws_partition.current.partition}:logs:${var.region}:${var.account_id}:log-group:${aws_cloudwatch_log_group.events.name}"
  force_destroy  = false

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters["record"].arn
  }

  retry_policy {
    maximum_event_age_in_seconds = var.max_event_age_seconds
    maximum_retry_attempts       = 185
  }
}

data "aws_iam_policy_document" "record" {
  statement {
    sid       = "EventsWriteTheRecord"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:${data.aws_partition.current.partition}:logs:${var.region}:${var.account_id}:log-group:/aws/events/${var.name}:*"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com", "delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

resource "aws_cloudwatch_log_resource_policy" "record" {
  region          = var.region
  policy_name     = "${var.name}-events"
  policy_document = data.aws_iam_policy_document.record.json
}
