# Alarms: a rule that fails, a dead letter, and one that could not even be put there.

locals {
  rules = merge({ for rule in keys(var.rules) : rule => "${var.name}-${rule}" }, { everything = "${var.name}-everything" })

  watched = {
    failed          = { metric = "FailedInvocations", meaning = "could not reach a target" }
    letters-lost    = { metric = "InvocationsFailedToBeSentToDlq", meaning = "could not put an event into its dead-letter queue: the event is lost" }
    throttled       = { metric = "ThrottledRules", meaning = "runs late because its targets are throttled" }
    became-a-letter = { metric = "InvocationsSentToDlq", meaning = "gave an event up to the dead-letter queue" }
  }

  alarms = merge([for rule, name in local.rules : {
    for alarm, what in local.watched : "${rule}-${alarm}" => merge(what, { rule = name })
  }]...)
}

resource "aws_cloudwatch_metric_alarm" "rule" {
  for_each = local.alarms

  region              = var.region
  alarm_name          = "${var.name}-events-${each.key}"
  alarm_description   = "${each.value.rule} ${each.value.meaning}."
  namespace           = "AWS/Events"
  metric_name         = each.value.metric
  dimensions          = { EventBusName = var.name, RuleName = each.value.rule }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  for_each = local.dead_letters

  region              = var.region
  alarm_name          = "${local.dead_letter_names[each.key]}-not-empty"
  alarm_description   = "Events wait in ${local.dead_letter_names[each.key]}: somebody must read them and replay."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = local.dead_letter_names[each.key] }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
