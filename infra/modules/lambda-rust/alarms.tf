# One alarm for each way in which a function fails.

locals {
  alarms = {
    errors = {
      namespace   = "AWS/Lambda", metric = "Errors", statistic = "Sum", threshold = 1, dimensions = { FunctionName = var.name }
      description = "The function ended with an error: its log has the trace id."
    }
    throttles = {
      namespace   = "AWS/Lambda", metric = "Throttles", statistic = "Sum", threshold = 1, dimensions = { FunctionName = var.name }
      description = "Calls were turned away: the concurrency is used up."
    }
    duration = {
      namespace   = "AWS/Lambda", metric = "Duration", statistic = "Maximum", threshold = var.limits.timeout_seconds * 800, dimensions = { FunctionName = var.name }
      description = "A call took more than four fifths of its time-out."
    }
    dead-letter-errors = {
      namespace   = "AWS/Lambda", metric = "DeadLetterErrors", statistic = "Sum", threshold = 1, dimensions = { FunctionName = var.name }
      description = "A failed call could not be kept: it is lost."
    }
    dead-letters = {
      namespace   = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", statistic = "Maximum", threshold = 1, dimensions = { QueueName = "${var.name}-dead-letter" }
      description = "A call failed for good and waits in the dead-letter queue."
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  region              = var.region
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 60
  evaluation_periods  = 1
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
