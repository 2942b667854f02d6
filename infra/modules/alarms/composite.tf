# One question each, made of many alarms; only these wake somebody.

locals {
  # (a or b) and (c or d) and not (e or f)
  rules = { for key, composite in var.composites : key => join(" AND ", concat(
    ["(${join(" OR ", [for name in sort(composite.any_of) : "ALARM(\"${name}\")"])})"],
    length(composite.and_any_of) == 0 ? [] : ["(${join(" OR ", [for name in sort(composite.and_any_of) : "ALARM(\"${name}\")"])})"],
    length(composite.unless_any_of) == 0 ? [] : ["NOT (${join(" OR ", [for name in sort(composite.unless_any_of) : "ALARM(\"${name}\")"])})"],
  )) }
}

resource "aws_cloudwatch_composite_alarm" "this" {
  for_each = var.composites

  region            = var.region
  alarm_name        = "${var.name}-${each.key}"
  alarm_description = each.value.description
  alarm_rule        = local.rules[each.key]
  actions_enabled   = true
  alarm_actions     = [coalesce(var.page_topic_arn, var.alarm_topic_arn)]
  ok_actions        = [coalesce(var.page_topic_arn, var.alarm_topic_arn)]

  # Quiet during work that was announced: while the suppressor rings, and a little around it.
  dynamic "actions_suppressor" {
    for_each = each.value.suppressed_by == null ? [] : [each.value.suppressed_by]

    content {
      alarm            = actions_suppressor.value
      wait_period      = 120
      extension_period = 180
    }
  }

  depends_on = [aws_cloudwatch_metric_alarm.this]
}
