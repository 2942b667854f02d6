# The function's role: its log, its traces, its dead letters, and what the caller of the module adds.

locals {
  rules           = sort([for caller in values(var.callers) : caller.source_arn if caller.principal == "events.amazonaws.com"])
  dead_letter_arn = "arn:${data.aws_partition.current.partition}:sqs:${var.region}:${var.account_id}:${var.name}-dead-letter"
}

# The service documents no condition for this trust; who may pass the role decides.
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = "${var.name}-${var.region}"
  description        = "Function ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:${data.aws_partition.current.partition}:logs:${var.region}:${var.account_id}:log-group:${local.log_group}:*"]
  }

  statement {
    sid       = "LeaveDeadLetters"
    actions   = ["sqs:SendMessage"]
    resources = [local.dead_letter_arn]
  }

  statement {
    sid       = "UseTheKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
  }

  statement {
    sid       = "TraceWhereAwsHasNoResource"
    actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = var.network == null ? [] : [1]

    content {
      sid       = "Interfaces"
      actions   = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses"]
      resources = [for kind in ["network-interface", "security-group", "subnet"] : "arn:${data.aws_partition.current.partition}:ec2:${var.region}:${var.account_id}:${kind}/*"]
    }
  }

  dynamic "statement" {
    for_each = var.network == null ? [] : [1]

    content {
      sid       = "LookWhereAwsHasNoResource"
      actions   = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
      resources = ["*"]
    }
  }

  # Lambda makes the interfaces; the function's own code must not.
  dynamic "statement" {
    for_each = var.network == null ? [] : [1]

    content {
      sid       = "CodeMakesNoInterfaces"
      effect    = "Deny"
      actions   = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses"]
      resources = ["*"]

      condition {
        test     = "ArnEquals"
        variable = "lambda:SourceFunctionArn"
        values   = [local.function_arn]
      }
    }
  }
}

resource "aws_iam_role_policy" "base" {
  name   = "base"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.base.json
}

resource "aws_iam_role_policy" "work" {
  for_each = var.policies

  name   = each.key
  role   = aws_iam_role.this.id
  policy = each.value
}

data "aws_iam_policy_document" "dead_letter" {
  # A rule that can't reach the function leaves its event here.
  dynamic "statement" {
    for_each = length(local.rules) == 0 ? [] : [1]

    content {
      sid       = "RulesLeaveEvents"
      actions   = ["sqs:SendMessage"]
      resources = [local.dead_letter_arn]

      principals {
        type        = "Service"
        identifiers = ["events.amazonaws.com"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = local.rules
      }
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [local.dead_letter_arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}
