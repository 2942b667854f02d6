# A Prometheus that nobody has to run: workspace, rules, alerts to the topic, and who may write.

data "aws_partition" "current" {}

locals {
  log_group = "/aws/vendedlogs/prometheus/${var.name}"
}

resource "aws_cloudwatch_log_group" "this" {
  region            = var.region
  name              = local.log_group
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_prometheus_workspace" "this" {
  region      = var.region
  alias       = var.name
  kms_key_arn = var.kms_key_arn

  logging_configuration {
    log_group_arn = "${aws_cloudwatch_log_group.this.arn}:*"
  }
}

resource "aws_prometheus_workspace_configuration" "this" {
  region                   = var.region
  workspace_id             = aws_prometheus_workspace.this.id
  retention_period_in_days = var.limits.retention_days

  # One service that goes wild must not push the others out.
  dynamic "limits_per_label_set" {
    for_each = var.limits.series_per_service

    content {
      label_set = { service = limits_per_label_set.key }

      limits {
        max_series = limits_per_label_set.value
      }
    }
  }
}

resource "aws_prometheus_rule_group_namespace" "this" {
  for_each = var.rules

  region       = var.region
  name         = each.key
  workspace_id = aws_prometheus_workspace.this.id
  data         = each.value
}

resource "aws_prometheus_alert_manager_definition" "this" {
  region       = var.region
  workspace_id = aws_prometheus_workspace.this.id

  definition = templatefile("${path.module}/templates/alertmanager.yaml.tftpl", {
    topic_arn = var.alarm_topic_arn
    region    = var.region
  })
}

# Collector without an agent, for clusters that don't run one.
resource "aws_prometheus_scraper" "this" {
  for_each = toset(var.scraper == null ? [] : ["this"])

  region               = var.region
  alias                = var.name
  scrape_configuration = var.scraper.configuration

  source {
    eks {
      cluster_arn        = var.scraper.cluster_arn
      subnet_ids         = values(var.scraper.subnet_ids)
      security_group_ids = var.scraper.security_group_ids
    }
  }

  destination {
    amp {
      workspace_arn = aws_prometheus_workspace.this.arn
    }
  }

  lifecycle {
    ignore_changes = [source[0].eks[0].subnet_ids] # a further zone would replace the collector
  }
}

data "aws_iam_policy_document" "write" {
  statement {
    sid       = "Write"
    actions   = ["aps:RemoteWrite"]
    resources = [aws_prometheus_workspace.this.arn]
  }
}

data "aws_iam_policy_document" "read" {
  statement {
    sid       = "Query"
    actions   = ["aps:GetLabels", "aps:GetMetricMetadata", "aps:GetSeries", "aps:QueryMetrics"]
    resources = [aws_prometheus_workspace.this.arn]
  }
}

resource "aws_iam_policy" "this" {
  for_each = {
    read  = { description = "Queries ${var.name}", policy = data.aws_iam_policy_document.read.json }
    write = { description = "Writes samples to ${var.name}", policy = data.aws_iam_policy_document.write.json }
  }

  name        = "${var.name}-metrics-${each.key}-${var.region}"
  description = each.value.description
  policy      = each.value.policy
}

# Who watches the watcher: CloudWatch, from the usage that the workspace reports.
resource "aws_cloudwatch_metric_alarm" "usage" {
  for_each = {
    ActiveSeries  = { threshold = var.limits.active_series_alarm, description = "The workspace holds nearly as many series as it may; new ones will be dropped." }
    IngestionRate = { threshold = var.limits.samples_per_second_alarm, description = "More samples arrive than planned: a label with endless values, or a scrape that is too frequent." }
  }

  region              = var.region
  alarm_name          = "${var.name}-metrics-${lower(each.key)}"
  alarm_description   = each.value.description
  namespace           = "AWS/Usage"
  metric_name         = "ResourceCount"
  dimensions          = { Service = "Prometheus", Type = "Resource", Class = "None", Resource = each.key, ResourceId = aws_prometheus_workspace.this.id }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 3
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
