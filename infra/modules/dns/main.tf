# A hosted zone or a given one, alias records, and failover records that follow a health check.

data "aws_partition" "current" {}

locals {
  zone_id   = var.zone == null ? var.zone_id : aws_route53_zone.this["this"].zone_id
  query_log = var.zone == null ? null : var.zone.query_log
  dnssec    = var.zone == null ? null : var.zone.dnssec
}

resource "aws_route53_zone" "this" {
  for_each = toset(var.zone == null ? [] : ["this"])

  name                        = var.zone.domain
  comment                     = "Zone of ${var.name}"
  force_destroy               = false
  enable_accelerated_recovery = length(var.zone.vpcs) == 0 # changes stay possible while us-east-1 is away

  dynamic "vpc" {
    for_each = var.zone.vpcs

    content {
      vpc_id     = vpc.key
      vpc_region = vpc.value
    }
  }
}

resource "aws_route53_key_signing_key" "this" {
  for_each = toset(local.dnssec == null ? [] : ["this"])

  hosted_zone_id             = local.zone_id
  name                       = replace(var.name, "-", "_")
  key_management_service_arn = local.dnssec.key_arn
  status                     = "ACTIVE"
}

resource "aws_route53_hosted_zone_dnssec" "this" {
  for_each = aws_route53_key_signing_key.this

  hosted_zone_id = each.value.hosted_zone_id
  signing_status = "SIGNING"
}

# Route 53 writes query logs to us-east-1 only.
resource "aws_cloudwatch_log_group" "query" {
  for_each = toset(local.query_log == null ? [] : ["this"])

  region            = "us-east-1"
  name              = "/aws/route53/${var.zone.domain}"
  retention_in_days = local.query_log.retention_days
  kms_key_id        = local.query_log.kms_key_arn
}

data "aws_iam_policy_document" "query" {
  for_each = aws_cloudwatch_log_group.query

  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:${data.aws_partition.current.partition}:logs:us-east-1:${var.account_id}:log-group:${each.value.name}:*"]

    principals {
      type        = "Service"
      identifiers = ["route53.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

resource "aws_cloudwatch_log_resource_policy" "query" {
  for_each = data.aws_iam_policy_document.query

  region          = "us-east-1"
  policy_name     = "${var.name}-route53"
  policy_document = each.value.json
}

resource "aws_route53_query_log" "this" {
  for_each = aws_cloudwatch_log_group.query

  zone_id                  = local.zone_id
  cloudwatch_log_group_arn = each.value.arn

  depends_on = [aws_cloudwatch_log_resource_policy.query]
}

resource "aws_route53_record" "alias" {
  for_each = var.aliases

  zone_id = local.zone_id
  name    = each.key
  type    = "A"

  alias {
    name                   = each.value.dns_name
    zone_id                = each.value.zone_id
    evaluate_target_health = true
  }
}

# One of a pair: the page of each Region makes its own half.
resource "aws_route53_record" "failover" {
  for_each = var.failovers

  zone_id         = local.zone_id
  name            = each.value.name
  type            = "A"
  set_identifier  = each.key
  health_check_id = each.value.health_check == null ? null : aws_route53_health_check.this[each.value.health_check].id

  failover_routing_policy {
    type = each.value.role
  }

  alias {
    name                   = each.value.dns_name
    zone_id                = each.value.zone_id
    evaluate_target_health = true
  }
}

resource "aws_route53_health_check" "this" {
  for_each = var.health_checks

  type              = each.value.search_string == null ? "HTTPS" : "HTTPS_STR_MATCH"
  fqdn              = each.value.fqdn
  port              = each.value.port
  resource_path     = each.value.path
  search_string     = each.value.search_string
  request_interval  = each.value.interval_seconds
  failure_threshold = each.value.failures
  enable_sni        = true
  measure_latency   = true
  regions           = each.value.regions
  reference_name    = substr("${var.name}-${each.key}", 0, 27)
}

# The metric lives in us-east-1, wherever the checked thing is. If us-east-1 is what failed, this alarm is silent:
# the failover controller probes for itself.
resource "aws_cloudwatch_metric_alarm" "health" {
  for_each = var.health_checks

  region              = "us-east-1"
  alarm_name          = "${var.name}-${each.key}-health"
  alarm_description   = "${each.value.fqdn}${each.value.path} doesn't answer as it should, seen from several Regions."
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  dimensions          = { HealthCheckId = aws_route53_health_check.this[each.key].id }
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 2
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
