# Limits on the month: for everything, per service of ours, per Region, and for Regions where nothing should be.

locals {
  # Budgets by the tag that says whose cost it is; the value is key$value, and the key has the prefix of user tags.
  scopes = merge(
    { total = { limit = var.monthly_limit_usd, filters = {} } },
    { for service, limit in var.service_limits_usd : "service-${service}" => { limit = limit, filters = { TagKeyValue = [format("user:service$%s", service)] } } },
    { for region, limit in var.region_limits_usd : "region-${region}" => { limit = limit, filters = { Region = [region] } } },
  )

  notices = {
    actual-80      = { type = "ACTUAL", percent = 80 }
    actual-100     = { type = "ACTUAL", percent = 100 }
    forecasted-100 = { type = "FORECASTED", percent = 100 }
  }
}

resource "aws_budgets_budget" "this" {
  for_each = local.scopes

  account_id   = var.account_id
  name         = "${var.name}-${each.key}"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = format("%.1f", each.value.limit)
  limit_unit   = "USD"

  dynamic "cost_filter" {
    for_each = each.value.filters

    content {
      name   = cost_filter.key
      values = cost_filter.value
    }
  }

  dynamic "notification" {
    for_each = local.notices

    content {
      notification_type          = notification.value.type
      comparison_operator        = "GREATER_THAN"
      threshold                  = notification.value.percent
      threshold_type             = "PERCENTAGE"
      subscriber_sns_topic_arns  = [var.alarm_topic_arn]
      subscriber_email_addresses = var.emails
    }
  }
}

# Money in a Region that no page has is a mistake or a thief.
resource "aws_budgets_budget" "elsewhere" {
  account_id   = var.account_id
  name         = "${var.name}-elsewhere"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = format("%.1f", var.elsewhere_limit_usd)
  limit_unit   = "USD"
  metrics      = ["UnblendedCost"]

  filter_expression {
    not {
      dimensions {
        key    = "REGION"
        values = sort(concat(keys(var.region_limits_usd), ["NoRegion", "global"]))
      }
    }
  }

  notification {
    notification_type          = "ACTUAL"
    comparison_operator        = "GREATER_THAN"
    threshold                  = 100
    threshold_type             = "PERCENTAGE"
    subscriber_sns_topic_arns  = [var.alarm_topic_arn]
    subscriber_email_addresses = var.emails
  }
}
