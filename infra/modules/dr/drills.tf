# Drills: a schedule that rehearses without moving anything, and an experiment that takes nodes and replication away.

resource "aws_scheduler_schedule" "drill" {
  for_each = local.acting

  region                       = var.region
  group_name                   = aws_scheduler_schedule_group.this[each.key].name
  name                         = "drill"
  description                  = "Rehearses the fail-over of ${var.name} and writes its figures into the audit log"
  schedule_expression          = var.controller.drill_schedule
  schedule_expression_timezone = "UTC"
  state                        = "ENABLED"
  kms_key_arn                  = var.kms_key_arn

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.controller[each.key].alias_arn
    role_arn = aws_iam_role.schedule[each.key].arn
    input    = jsonencode({ action = "drill", dry_run = true })

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 1
    }
  }
}

locals {
  fault = toset(var.fault == null ? [] : ["this"])
}

resource "aws_fis_experiment_template" "this" {
  for_each = local.fault

  region      = var.region
  description = "Takes ${var.name}'s nodes in ${var.region} away, and holds replication"
  role_arn    = aws_iam_role.fault[each.key].arn

  # It ends by itself when one of these rings: a drill must not become the disaster.
  dynamic "stop_condition" {
    for_each = sort(var.fault.stop_alarm_arns)

    content {
      source = "aws:cloudwatch:alarm"
      value  = stop_condition.value
    }
  }

  action {
    name        = "take-nodes"
    action_id   = "aws:eks:terminate-nodegroup-instances"
    description = "Terminates nodes of the named groups"

    parameter {
      key   = "instanceTerminationPercentage"
      value = tostring(var.fault.node_percent)
    }

    target {
      key   = "Nodegroups"
      value = "nodes"
    }
  }

  target {
    name           = "nodes"
    resource_type  = "aws:eks:nodegroup"
    resource_arns  = var.fault.node_group_arns
    selection_mode = "ALL"
  }

  dynamic "action" {
    for_each = length(var.fault.table_arns) == 0 ? [] : [1]

    content {
      name        = "hold-replication"
      action_id   = "aws:dynamodb:global-table-pause-replication"
      description = "Holds the copying of eventually consistent tables"

      parameter {
        key   = "duration"
        value = "PT${var.fault.minutes}M"
      }

      target {
        key   = "Tables"
        value = "tables"
      }
    }
  }

  dynamic "target" {
    for_each = length(var.fault.table_arns) == 0 ? [] : [1]

    content {
      name           = "tables"
      resource_type  = "aws:dynamodb:global-table"
      resource_arns  = var.fault.table_arns
      selection_mode = "ALL"
    }
  }

  experiment_options {
    account_targeting            = "single-account"
    empty_target_resolution_mode = "fail"
  }

  log_configuration {
    log_schema_version = 2

    cloudwatch_logs_configuration {
      log_group_arn = "${aws_cloudwatch_log_group.audit.arn}:*"
    }
  }
}

data "aws_iam_policy_document" "fault_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["fis.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

data "aws_iam_policy_document" "fault" {
  for_each = local.fault

  statement {
    sid       = "FindTheNodes"
    actions   = ["eks:DescribeNodegroup"]
    resources = sort(var.fault.node_group_arns)
  }

  statement {
    sid       = "TakeThem"
    actions   = ["ec2:TerminateInstances"]
    resources = ["${local.arn}:ec2:${var.region}:${var.account_id}:instance/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/eks:nodegroup-name"
      values   = sort([for arn in var.fault.node_group_arns : split("/", arn)[2]])
    }
  }

  dynamic "statement" {
    for_each = length(var.fault.table_arns) == 0 ? [] : [1]

    content {
      sid       = "HoldReplication"
      actions   = ["dynamodb:DeleteResourcePolicy", "dynamodb:DescribeTable", "dynamodb:GetResourcePolicy", "dynamodb:PutResourcePolicy"]
      resources = sort(var.fault.table_arns)
    }
  }

  statement {
    sid = "LookAndLogWhereAwsHasNoResource"
    actions = [
      "ec2:DescribeInstances", "logs:CreateLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies",
      "logs:PutResourcePolicy", "tag:GetResources",
    ]
    resources = ["*"]
  }
}

resource "aws_iam_role" "fault" {
  for_each = local.fault

  name               = "${var.name}-dr-fault-${var.region}"
  description        = "Experiments on ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.fault_trust.json
}

resource "aws_iam_role_policy" "fault" {
  for_each = local.fault

  name   = "fault"
  role   = aws_iam_role.fault[each.key].id
  policy = data.aws_iam_policy_document.fault[each.key].json
}
