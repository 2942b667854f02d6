# Alarms per node: busy, full, throwing away, lagging, or refusing users.

locals {
  watched = {
    cpu       = { metric = "EngineCPUUtilization", statistic = "Average", above = 80, periods = 5, meaning = "is busy: its one thread works more than 80 % of the time." }
    memory    = { metric = "DatabaseMemoryUsagePercentage", statistic = "Maximum", above = 85, periods = 5, meaning = "is more than 85 % full." }
    evictions = { metric = "Evictions", statistic = "Sum", above = 1000, periods = 5, meaning = "throws away what is still wanted." }
    lag       = { metric = "ReplicationLag", statistic = "Maximum", above = 5, periods = 5, meaning = "lies more than five seconds behind its primary: a failover would lose that." }
    refused   = { metric = "AuthenticationFailures", statistic = "Sum", above = 10, periods = 1, meaning = "refuses users: a role is wrong, or somebody tries." }
  }

  alarms = merge([for member in local.members : {
    for alarm, what in local.watched : "${trimprefix(member, "${var.name}-")}-${alarm}" => merge(what, { member = member })
  }]...)
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  region              = var.region
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.member} ${each.value.meaning}"
  namespace           = "AWS/ElastiCache"
  metric_name         = each.value.metric
  dimensions          = { CacheClusterId = each.value.member }
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  period              = 60
  evaluation_periods  = each.value.periods
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
