# Health checks of the primary, seen from several Regions. They report to us-east-1, which may be what is lost.

resource "aws_route53_health_check" "this" {
  for_each = var.health_checks

  type              = "HTTPS"
  fqdn              = each.value.fqdn
  port              = each.value.port
  resource_path     = each.value.path
  request_interval  = 10
  failure_threshold = 3
  enable_sni        = true
  measure_latency   = true
  regions           = ["ap-southeast-1", "eu-west-1", "us-east-1", "us-west-2"]
  reference_name    = substr("${var.name}-dr-${each.key}", 0, 27)
}

# Every pair has its own here: the standby's Region is part of the name.
resource "aws_cloudwatch_metric_alarm" "health" {
  for_each = var.health_checks

  region              = "us-east-1"
  alarm_name          = "${var.name}-dr-${var.region}-${each.key}"
  alarm_description   = "${each.value.fqdn} in ${var.posture.peer_region} doesn't answer, seen from several Regions."
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  dimensions          = { HealthCheckId = aws_route53_health_check.this[each.key].id }
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 2
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
}

# An alarm's event stays in its Region; this hands it to the standby's bus.
locals {
  forwarding = toset(length(var.health_checks) > 0 && var.region != "us-east-1" ? ["this"] : [])
}

resource "aws_cloudwatch_event_rule" "forward" {
  for_each = local.forwarding

  region      = "us-east-1"
  name        = "${var.name}-dr-forward-${var.region}"
  description = "Hands health alarms to ${var.region}"

  event_pattern = jsonencode({
    source      = ["aws.cloudwatch"]
    detail-type = ["CloudWatch Alarm State Change"]
    detail      = { alarmName = [for key in sort(keys(var.health_checks)) : "${var.name}-dr-${var.region}-${key}"], state = { value = ["ALARM"] } }
  })
}

resource "aws_cloudwatch_event_target" "forward" {
  for_each = local.forwarding

  region    = "us-east-1"
  rule      = aws_cloudwatch_event_rule.forward[each.key].name
  target_id = "standby"
  arn       = "${local.arn}:events:${var.region}:${var.account_id}:event-bus/default"
  role_arn  = aws_iam_role.forward[each.key].arn
}

data "aws_iam_policy_document" "forward_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

data "aws_iam_policy_document" "forward" {
  statement {
    actions   = ["events:PutEvents"]
    resources = ["${local.arn}:events:${var.region}:${var.account_id}:event-bus/default"]
  }
}

resource "aws_iam_role" "forward" {
  for_each = local.forwarding

  name               = "${var.name}-dr-forward-${var.region}"
  description        = "Hands health alarms of ${var.name} to ${var.region}"
  assume_role_policy = data.aws_iam_policy_document.forward_trust.json
}

resource "aws_iam_role_policy" "forward" {
  for_each = local.forwarding

  name   = "forward"
  role   = aws_iam_role.forward[each.key].id
  policy = data.aws_iam_policy_document.forward.json
}
