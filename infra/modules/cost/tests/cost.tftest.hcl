provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name               = "orderflow-prod"
  account_id         = "123456789012"
  alarm_topic_arn    = "arn:aws:sns:us-east-1:123456789012:orderflow-prod-alarms"
  monthly_limit_usd  = 40000
  service_limits_usd = { order-router = 20000 }
  region_limits_usd  = { eu-west-1 = 25000, eu-central-1 = 12000 }
}

run "bill_is_split_by_four_tags" {
  command = plan

  assert {
    condition     = toset([for tag in aws_ce_cost_allocation_tag.this : tag.tag_key]) == toset(["geography", "business_unit", "service", "data_class"]) && alltrue([for tag in aws_ce_cost_allocation_tag.this : tag.status == "Active"])
    error_message = "The four tags must be active."
  }
}

run "month_service_and_regions_have_budgets" {
  command = plan

  assert {
    condition     = keys(aws_budgets_budget.this) == ["region-eu-central-1", "region-eu-west-1", "service-order-router", "total"] && aws_budgets_budget.this["total"].limit_amount == "40000.0"
    error_message = "Everything, each service and each Region must have a budget."
  }

  assert {
    condition     = one(aws_budgets_budget.this["service-order-router"].cost_filter).values == tolist(["user:service$order-router"])
    error_message = "A service's budget must filter by its tag."
  }
}

run "people_hear_before_the_end" {
  command = plan

  assert {
    condition     = alltrue([for budget in aws_budgets_budget.this : length(budget.notification) == 3 && anytrue([for notice in budget.notification : notice.notification_type == "FORECASTED"])])
    error_message = "Each budget must tell at 80, at 100, and by forecast."
  }

  assert {
    condition     = alltrue(flatten([for budget in aws_budgets_budget.this : [for notice in budget.notification : notice.subscriber_sns_topic_arns == toset([var.alarm_topic_arn])]]))
    error_message = "Every notice must reach the topic."
  }
}

run "money_elsewhere_is_noticed" {
  command = plan

  assert {
    condition     = aws_budgets_budget.elsewhere.filter_expression[0].not[0].dimensions[0].values == tolist(["NoRegion", "eu-central-1", "eu-west-1", "global"])
    error_message = "Cost outside the given Regions must have a budget of its own."
  }
}

run "anomalies_reach_the_topic_at_once" {
  command = plan

  assert {
    condition     = aws_ce_anomaly_subscription.this.frequency == "IMMEDIATE" && one(aws_ce_anomaly_subscription.this.subscriber).address == var.alarm_topic_arn
    error_message = "An anomaly must be heard at once."
  }

  assert {
    condition     = aws_ce_anomaly_monitor.services.monitor_dimension == "SERVICE" && keys(aws_ce_anomaly_monitor.tagged) == ["order-router"]
    error_message = "AWS's services and each of ours must be watched."
  }
}
