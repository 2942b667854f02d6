# The web firewall before the load balancer: our lists first, then AWS's rule groups, then the rate.

data "aws_partition" "current" {}

locals {
  lists = {
    allowed = var.lists.allowed_cidrs
    blocked = var.lists.blocked_cidrs
  }

  visibility = { for key in concat(["allowed", "blocked", "countries", "rate"], keys(var.managed_groups)) : key => {
    SampledRequestsEnabled   = true
    CloudWatchMetricsEnabled = true
    MetricName               = "${var.name}-${key}"
  } }

  # The API's own JSON: a rule that the provider doesn't know yet needs no new release of it.
  rules = concat(
    [for rule in [{
      Name             = "allowed"
      Priority         = 0
      Action           = { Allow = {} }
      Statement        = { IPSetReferenceStatement = { ARN = try(aws_wafv2_ip_set.this["allowed"].arn, "") } }
      VisibilityConfig = local.visibility["allowed"]
    }] : rule if length(var.lists.allowed_cidrs) > 0],
    [for rule in [{
      Name             = "blocked"
      Priority         = 1
      Action           = { Block = {} }
      Statement        = { IPSetReferenceStatement = { ARN = try(aws_wafv2_ip_set.this["blocked"].arn, "") } }
      VisibilityConfig = local.visibility["blocked"]
    }] : rule if length(var.lists.blocked_cidrs) > 0],
    [for rule in [{
      Name             = "countries"
      Priority         = 2
      Action           = { Block = {} }
      Statement        = { GeoMatchStatement = { CountryCodes = sort(var.lists.blocked_countries) } }
      VisibilityConfig = local.visibility["countries"]
    }] : rule if length(var.lists.blocked_countries) > 0],
    [{
      Name     = "rate"
      Priority = 3
      Action   = { Block = { CustomResponse = { ResponseCode = 429 } } }
      Statement = {
        RateBasedStatement = { Limit = var.rate.requests, EvaluationWindowSec = var.rate.window_seconds, AggregateKeyType = "IP" }
      }
      VisibilityConfig = local.visibility["rate"]
    }],
    [for key, group in var.managed_groups : {
      Name           = key
      Priority       = group.priority
      OverrideAction = group.count_only ? { Count = {} } : { None = {} }
      Statement = {
        ManagedRuleGroupStatement = merge(
          { VendorName = "AWS", Name = key },
          length(group.count_rules) == 0 ? {} : { RuleActionOverrides = [for rule in sort(group.count_rules) : { Name = rule, ActionToUse = { Count = {} } }] },
        )
      }
      VisibilityConfig = local.visibility[key]
    }],
  )
}

resource "aws_wafv2_ip_set" "this" {
  for_each = { for key, cidrs in local.lists : key => cidrs if length(cidrs) > 0 }

  region             = var.region
  name               = "${var.name}-${each.key}"
  description        = "Addresses ${each.key} at ${var.name}"
  scope              = "REGIONAL"
  ip_address_version = "IPV4"
  addresses          = each.value
}

resource "aws_wafv2_web_acl" "this" {
  region      = var.region
  name        = var.name
  description = "Firewall of ${var.name}"
  scope       = "REGIONAL"
  rule_json   = jsonencode(local.rules)

  default_action {
    allow {}
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = true
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  for_each = var.associations

  region       = var.region
  resource_arn = each.value
  web_acl_arn  = aws_wafv2_web_acl.this.arn
}
