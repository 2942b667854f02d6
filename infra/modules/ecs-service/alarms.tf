# What rings, and what undoes a deployment.

locals {
  # Names, not resources, so that the service and its alarms don't wait for each other.
  rollback_alarms = sort(concat(["${var.name}-target-5xx-blue", "${var.name}-target-5xx-green"], tolist(var.deployment.alarm_names)))

  service_alarms = {
    cpu    = { metric = "CPUUtilization", description = "The tasks are out of CPU and autoscaling is at its maximum, or too slow." }
    memory = { metric = "MemoryUtilization", description = "The tasks are out of memory: the next step is a kill." }
  }
}

resource "aws_cloudwatch_metric_alarm" "service" {
  for_each = local.service_alarms

  region              = var.region
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = "AWS/ECS"
  metric_name         = each.value.metric
  dimensions          = { ClusterName = var.name, ServiceName = var.name }
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 5
  threshold           = 90
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "breaching" # a service without tasks reports nothing
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "target_5xx" {
  for_each = aws_lb_target_group.this

  region              = var.region
  alarm_name          = "${var.name}-target-5xx-${each.key}"
  alarm_description   = "The ${each.key} version answers with errors; during a deployment this undoes it."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_Target_5XX_Count"
  dimensions          = { LoadBalancer = var.ingress.load_balancer_arn_suffix, TargetGroup = each.value.arn_suffix }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 2
  threshold           = var.deployment.errors_per_minute
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "unhealthy" {
  for_each = aws_lb_target_group.this

  region              = var.region
  alarm_name          = "${var.name}-unhealthy-${each.key}"
  alarm_description   = "A task of the ${each.key} group doesn't answer its health check."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "UnHealthyHostCount"
  dimensions          = { LoadBalancer = var.ingress.load_balancer_arn_suffix, TargetGroup = each.value.arn_suffix }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
