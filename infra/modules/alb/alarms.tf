# What clients feel, as the load balancer counts it.

locals {
  alarms = {
    elb-5xx = {
      metric      = "HTTPCode_ELB_5XX_Count", statistic = "Sum", extended = null, threshold = var.limits.elb_5xx_per_minute
      description = "The load balancer itself answers with errors: no healthy target, or a target that hangs up."
    }
    target-5xx = {
      metric      = "HTTPCode_Target_5XX_Count", statistic = "Sum", extended = null, threshold = var.limits.target_5xx_per_minute
      description = "Services answer with errors."
    }
    latency = {
      metric      = "TargetResponseTime", statistic = null, extended = "p99", threshold = var.limits.p99_seconds
      description = "One request in a hundred takes longer than promised."
    }
    rejected = {
      metric      = "RejectedConnectionCount", statistic = "Sum", extended = null, threshold = 1
      description = "Connections are turned away: the load balancer has reached its maximum."
    }
    tls-errors = {
      metric      = "ClientTLSNegotiationErrorCount", statistic = "Sum", extended = null, threshold = var.limits.tls_errors_per_minute
      description = "Clients fail at the handshake: an old client, or somebody trying ciphers."
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  region              = var.region
  alarm_name          = "${var.name}-alb-${each.key}"
  alarm_description   = each.value.description
  namespace           = "AWS/ApplicationELB"
  metric_name         = each.value.metric
  dimensions          = { LoadBalancer = aws_lb.this.arn_suffix }
  statistic           = each.value.statistic
  extended_statistic  = each.value.extended
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
