# Alarms that belong to no single module: what is shared by a cell, and what its services say about themselves.

locals {
  shared = merge(
    {
      notifications-failed = {
        namespace   = "AWS/SNS", metric = "NumberOfNotificationsFailed", statistic = "Sum", threshold = 1, periods = 1
        dimensions  = { TopicName = element(split(":", var.alarm_topic_arn), 5) }
        description = "Alarms can't be delivered: whoever should hear of the next one won't."
      }
      lambda-concurrency = {
        namespace   = "AWS/Lambda", metric = "ConcurrentExecutions", statistic = "Maximum", threshold = var.limits.lambda_concurrency, periods = 3
        dimensions  = {}
        description = "Functions of the account run nearly as often at once as they may; the next call is throttled."
      }
      dynamodb-account-writes = {
        namespace   = "AWS/DynamoDB", metric = "AccountProvisionedWriteCapacityUtilization", statistic = "Maximum", threshold = 80, periods = 3
        dimensions  = {}
        description = "The account's table write quota is nearly used: ask for more before the next scale-out."
      }
      log-parsing = {
        namespace   = "AWS/Logs", metric = "EMFParsingErrors", statistic = "Sum", threshold = 1, periods = 3
        dimensions  = {}
        description = "Metrics written as log lines can't be read: the alarms on them are blind."
      }
    },
    { for key, id in var.shared.nat_gateway_ids : "nat-ports-${key}" => {
      namespace   = "AWS/NATGateway", metric = "ErrorPortAllocation", statistic = "Sum", threshold = 1, periods = 1
      dimensions  = { NatGatewayId = id }
      description = "The NAT gateway of ${key} has no port left for a new connection."
    } },
    { for key, rule in var.shared.event_rules : "rule-failed-${key}" => {
      namespace   = "AWS/Events", metric = "FailedInvocations", statistic = "Sum", threshold = 1, periods = 1
      dimensions  = merge({ RuleName = rule.name }, rule.bus == null ? {} : { EventBusName = rule.bus })
      description = "Rule ${rule.name} can't reach its target; what it carried is in its dead letters, if it has any."
    } },
  )

  given = { for key, alarm in var.metric_alarms : key => {
    namespace  = alarm.namespace, metric = alarm.metric, statistic = alarm.statistic, threshold = alarm.threshold
    periods    = alarm.periods, dimensions = alarm.dimensions, description = alarm.description
    comparison = alarm.comparison, period = alarm.period_seconds, missing = alarm.missing
  } }

  alarms = merge(
    { for key, alarm in local.shared : key => merge(alarm, { comparison = "GreaterThanOrEqualToThreshold", period = 60, missing = "notBreaching" }) },
    local.given,
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  region              = var.region
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  period              = each.value.period
  evaluation_periods  = each.value.periods
  threshold           = each.value.threshold
  comparison_operator = each.value.comparison
  treat_missing_data  = each.value.missing
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
