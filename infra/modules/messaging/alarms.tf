# Alarms: an order that no venue reads, a dead letter anywhere, a notice that reached nobody.

locals {
  letters = merge(
    { for queue in keys(local.with_dead_letters) : "${queue}-dead-letters" => { queue = local.dead_letter_names[queue], above = 0, meaning = "Messages of ${queue} were given up." } },
    { for queue, settings in local.queues : "${queue}-depth" => { queue = local.names[queue], above = settings.max_messages, meaning = "${queue} holds more than ${coalesce(settings.max_messages, 0)} messages." } if settings.max_messages != null },
    { for subscription, queue in local.subscription_dead_letters : "${subscription}-undelivered" => { queue = queue, above = 0, meaning = "Notices of ${subscription} could not be delivered." } },
  )
}

resource "aws_cloudwatch_metric_alarm" "letters" {
  for_each = local.letters

  region              = var.region
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.meaning
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = each.value.queue }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "age" {
  for_each = var.venues

  region              = var.region
  alarm_name          = "${var.name}-venue-${each.key}-age"
  alarm_description   = "A routed order has waited longer than ${each.value.max_age_seconds} s for ${each.key}."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = local.names["venue-${each.key}"] }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.max_age_seconds
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "notices_failed" {
  for_each = var.topics

  region              = var.region
  alarm_name          = "${var.name}-${each.key}-notices-failed"
  alarm_description   = "A subscriber of ${local.topic_names[each.key]} could not be reached."
  namespace           = "AWS/SNS"
  metric_name         = "NumberOfNotificationsFailed"
  dimensions          = { TopicName = local.topic_names[each.key] }
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
