# Who changed a group, when, and whether it is open now: the log of changes, and what fires an alarm.
# The events come from CloudTrail, which the account must have on.

locals {
  logs      = "arn:${data.aws_partition.current.partition}:logs:${var.region}:${var.account_id}:log-group"
  log_group = "/aws/events/${var.name}-security-groups"

  calls = ["AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress", "CreateSecurityGroup", "DeleteSecurityGroup", "ModifySecurityGroupRules", "RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress", "UpdateSecurityGroupRuleDescriptionsIngress", "UpdateSecurityGroupRuleDescriptionsEgress"]

  change = { source = ["aws.ec2"], detail-type = ["AWS API Call via CloudTrail"] }

  watched = {
    changed = {
      description = "A security group was changed"
      above       = var.max_changes
      meaning     = "More than ${var.max_changes} changes of security groups in five minutes."
      pattern     = merge(local.change, { detail = { eventSource = ["ec2.amazonaws.com"], eventName = local.calls } })
    }
    by-hand = {
      description = "A security group was changed by somebody other than the deploy roles"
      above       = 0
      meaning     = "A security group was changed by hand: read ${local.log_group} for who and what."
      pattern = merge(local.change, { detail = {
        eventSource = ["ec2.amazonaws.com"]
        eventName   = local.calls
        # A user or the account's root has no session issuer at all.
        "$or" = [
          { userIdentity = { sessionContext = { sessionIssuer = { arn = [{ anything-but = sort(tolist(var.deploy_role_arns)) }] } } } },
          { userIdentity = { sessionContext = { sessionIssuer = { arn = [{ exists = false }] } } } },
        ]
      } })
    }
    open = {
      description = "A security group was opened to the internet"
      above       = 0
      meaning     = "A security group was opened to the internet: close it, then ask who needs it."
      pattern = merge(local.change, { detail = {
        eventSource = ["ec2.amazonaws.com"]
        eventName   = ["AuthorizeSecurityGroupIngress", "ModifySecurityGroupRules"]
        "$or" = [
          { requestParameters = { ipPermissions = { items = { ipRanges = { items = { cidrIp = ["0.0.0.0/0"] } } } } } },
          { requestParameters = { ipPermissions = { items = { ipv6Ranges = { items = { cidrIpv6 = ["::/0"] } } } } } },
          { requestParameters = { ModifySecurityGroupRulesRequest = { SecurityGroupRule = { SecurityGroupRule = { CidrIpv4 = ["0.0.0.0/0"] } } } } },
          { requestParameters = { ModifySecurityGroupRulesRequest = { SecurityGroupRule = { SecurityGroupRule = { CidrIpv6 = ["::/0"] } } } } },
        ]
      } })
    }
  }
}

resource "aws_cloudwatch_log_group" "changes" {
  region                      = var.region
  name                        = local.log_group
  retention_in_days           = var.log_retention_days
  kms_key_id                  = var.kms_key_arn
  log_group_class             = "STANDARD"
  deletion_protection_enabled = var.environment == "prod"
  skip_destroy                = false
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.watched

  region        = var.region
  name          = "${var.name}-security-groups-${each.key}"
  description   = each.value.description
  event_pattern = jsonencode(each.value.pattern)
  state         = "ENABLED"
  force_destroy = false
}

resource "aws_cloudwatch_event_target" "log" {
  region        = var.region
  rule          = aws_cloudwatch_event_rule.this["changed"].name
  target_id     = "log"
  arn           = "${local.logs}:${aws_cloudwatch_log_group.changes.name}"
  force_destroy = false
}

# The alarm says that it happened; the event says who did it and what.
resource "aws_cloudwatch_event_target" "notice" {
  for_each = toset(["by-hand", "open"])

  region        = var.region
  rule          = aws_cloudwatch_event_rule.this[each.key].name
  target_id     = "alarms"
  arn           = var.alarm_topic_arn
  force_destroy = false
}

data "aws_iam_policy_document" "changes" {
  statement {
    sid       = "EventsWriteChanges"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.logs}:${local.log_group}:*"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com", "delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

resource "aws_cloudwatch_log_resource_policy" "changes" {
  region          = var.region
  policy_name     = "${var.name}-security-groups"
  policy_document = data.aws_iam_policy_document.changes.json
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.watched

  region              = var.region
  alarm_name          = "${var.name}-security-groups-${each.key}"
  alarm_description   = each.value.meaning
  namespace           = "AWS/Events"
  metric_name         = "TriggeredRules"
  dimensions          = { RuleName = "${var.name}-security-groups-${each.key}" }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
