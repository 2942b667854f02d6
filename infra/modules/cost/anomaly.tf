# What is unlike last week's bill, found by AWS, for every service of AWS and for each of ours.

resource "aws_ce_anomaly_monitor" "services" {
  name              = "${var.name}-services"
  monitor_type      = "DIMENSIONAL"
  monitor_dimension = "SERVICE"
}

resource "aws_ce_anomaly_monitor" "tagged" {
  for_each = toset(keys(var.service_limits_usd))

  name         = "${var.name}-${each.value}"
  monitor_type = "CUSTOM"

  monitor_specification = jsonencode({
    And            = null
    CostCategories = null
    Dimensions     = null
    Not            = null
    Or             = null
    Tags           = { Key = "service", MatchOptions = ["EQUALS"], Values = [each.value] }
  })
}

resource "aws_ce_anomaly_subscription" "this" {
  name             = "${var.name}-anomalies"
  account_id       = var.account_id
  frequency        = "IMMEDIATE" # the only one that a topic takes
  monitor_arn_list = concat([aws_ce_anomaly_monitor.services.arn], [for monitor in aws_ce_anomaly_monitor.tagged : monitor.arn])

  subscriber {
    type    = "SNS"
    address = var.alarm_topic_arn
  }

  threshold_expression {
    or {
      dimension {
        key           = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
        match_options = ["GREATER_THAN_OR_EQUAL"]
        values        = [tostring(var.anomaly.impact_usd)]
      }
    }

    or {
      dimension {
        key           = "ANOMALY_TOTAL_IMPACT_PERCENTAGE"
        match_options = ["GREATER_THAN_OR_EQUAL"]
        values        = [tostring(var.anomaly.impact_percent)]
      }
    }
  }
}
