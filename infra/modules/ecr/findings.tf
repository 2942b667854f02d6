# A finding of weight reaches somebody.

resource "aws_cloudwatch_event_rule" "finding" {
  region      = var.region
  name        = "${var.name}-image-findings"
  description = "HIGH and CRITICAL findings in images of ${var.name}"

  event_pattern = jsonencode({
    source      = ["aws.inspector2"]
    detail-type = ["Inspector2 Finding"]
    detail = {
      severity = ["HIGH", "CRITICAL"]
      status   = ["ACTIVE"]
      resources = {
        type    = ["AWS_ECR_CONTAINER_IMAGE"]
        details = { awsEcrContainerImage = { repositoryName = [{ prefix = "${var.name}/" }] } }
      }
    }
  })
}

resource "aws_cloudwatch_event_target" "finding" {
  region    = var.region
  rule      = aws_cloudwatch_event_rule.finding.name
  target_id = "alarms"
  arn       = var.alarm_topic_arn
}
