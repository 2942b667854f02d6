# What the controller may do: read the sizes, resize what is named, promote one replica, move one table's epoch, say so.

data "aws_iam_policy_document" "controller" {
  statement {
    sid       = "ReadTheSizes"
    actions   = ["ssm:GetParametersByPath"]
    resources = ["${local.arn}:ssm:${var.region}:${var.account_id}:parameter${local.sizes_path}"]
  }

  statement {
    sid       = "DecryptTheSizes"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
  }

  dynamic "statement" {
    for_each = length(try(var.controller.targets.node_groups, [])) == 0 ? [] : [1]

    content {
      sid       = "ResizeNodeGroups"
      actions   = ["eks:DescribeNodegroup", "eks:UpdateNodegroupConfig"]
      resources = [for group in sort(var.controller.targets.node_groups) : "${local.arn}:eks:${var.region}:${var.account_id}:nodegroup/${var.controller.targets.cluster_name}/${group}/*"]
    }
  }

  dynamic "statement" {
    for_each = length(try(var.controller.targets.ecs_services, {})) == 0 ? [] : [1]

    content {
      sid       = "ResizeServices"
      actions   = ["ecs:DescribeServices", "ecs:UpdateService"]
      resources = [for service in values(var.controller.targets.ecs_services) : "${local.arn}:ecs:${var.region}:${var.account_id}:service/${service.cluster}/${service.service}"]
    }
  }

  dynamic "statement" {
    for_each = try(var.controller.targets.database_replica, null) == null ? [] : [var.controller.targets.database_replica]

    content {
      sid       = "PromoteTheReplica"
      actions   = ["rds:DescribeDBInstances", "rds:PromoteReadReplica"]
      resources = ["${local.arn}:rds:${var.region}:${var.account_id}:db:${statement.value}"]
    }
  }

  dynamic "statement" {
    for_each = var.controller == null ? [] : [var.controller.targets.control_table]

    content {
      sid       = "MoveTheEpoch"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = ["${local.arn}:dynamodb:${var.region}:${var.account_id}:table/${statement.value}"]
    }
  }

  statement {
    sid       = "WriteTheAudit"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.arn}:logs:${var.region}:${var.account_id}:log-group:${local.audit_log_group}:*"]
  }

  statement {
    sid       = "Announce"
    actions   = ["sns:Publish"]
    resources = [local.topic_arn]
  }
}

data "aws_iam_policy_document" "schedule_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

data "aws_iam_policy_document" "schedule" {
  statement {
    actions   = ["lambda:InvokeFunction"]
    resources = ["${local.function_arn}:live"]
  }

  statement {
    actions   = ["kms:Decrypt"]
    resources = [var.kms_key_arn]
  }
}

resource "aws_iam_role" "schedule" {
  for_each = local.acting

  name               = "${var.name}-dr-schedule-${var.region}"
  description        = "Calls the failover controller of ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.schedule_trust.json
}

resource "aws_iam_role_policy" "schedule" {
  for_each = local.acting

  name   = "call"
  role   = aws_iam_role.schedule[each.key].id
  policy = data.aws_iam_policy_document.schedule.json
}
