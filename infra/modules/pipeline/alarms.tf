# A change that got stuck is heard.

resource "aws_cloudwatch_metric_alarm" "failed" {
  for_each = merge(
    { pipeline = { namespace = "AWS/CodePipeline", metric = "FailedPipelineExecutions", dimensions = { PipelineName = var.name } } },
    { for key in keys(var.images) : "image-${key}" => { namespace = "AWS/CodeBuild", metric = "FailedBuilds", dimensions = { ProjectName = "${var.name}-image-${key}" } } },
  )

  region              = var.region
  alarm_name          = "${var.name}-${each.key}-failed"
  alarm_description   = "${each.key} of ${var.name} failed: its build log says where."
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
}
