# What the control plane says about itself, from the metrics that EKS publishes without an agent.

locals {
  alarms = {
    apiserver-5xx = {
      metric      = "apiserver_request_total_5XX", threshold = 10, periods = 3
      description = "The API server answers with errors: look at its log and at webhooks that time out."
    }
    apiserver-429 = {
      metric      = "apiserver_request_total_429", threshold = 50, periods = 3
      description = "The API server turns callers away: a controller lists in a loop, or the control plane's tier is too small."
    }
    pods-unschedulable = {
      metric      = "scheduler_pending_pods_UNSCHEDULABLE", threshold = 1, periods = 10
      description = "A pod has had no node for ten minutes: a pool is at its maximum or its capacity is gone."
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  region              = var.region
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = "AWS/EKS"
  metric_name         = each.value.metric
  dimensions          = { ClusterName = aws_eks_cluster.this.name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = each.value.periods
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
