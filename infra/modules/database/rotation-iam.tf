# What the rotation may do: its own secrets and the key behind them, as infra/policy/services.json says, its log group,
# and its network interfaces.

locals {
  rotation_actions = {
    for statement in jsondecode(file("${path.module}/../../policy/services.json"))["secret-rotation"] : statement.sid => statement.actions
  }
}

data "aws_iam_policy_document" "rotation_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

data "aws_iam_policy_document" "rotation" {
  statement {
    sid     = "OwnSecrets"
    actions = local.rotation_actions["OwnSecrets"]
    # Secrets Manager puts six characters behind a name.
    resources = [for name in values(local.secret_names) : "${local.arns}:secretsmanager:${var.region}:${var.account_id}:secret:${name}-??????"]
  }

  statement {
    sid       = "SecretsKey"
    actions   = local.rotation_actions["SecretsKey"]
    resources = [var.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${var.region}.amazonaws.com", "lambda.${var.region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "OwnLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.arns}:logs:${var.region}:${var.account_id}:log-group:/aws/lambda/${local.function_name}:*"]
  }

  statement {
    sid     = "OwnInterfaces"
    actions = ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"]
    resources = [
      "${local.arns}:ec2:${var.region}:${var.account_id}:network-interface/*",
      "${local.arns}:ec2:${var.region}:${var.account_id}:security-group/*",
      "${local.arns}:ec2:${var.region}:${var.account_id}:subnet/*",
    ]
  }

  # AWS has no resource for these.
  statement {
    sid       = "WithoutResource"
    actions   = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    resources = ["*"]
  }
}

resource "aws_iam_role" "rotation" {
  for_each = local.rotation

  name                  = "${local.function_name}-${var.region}"
  description           = "Rotates the passwords of ${var.name}"
  assume_role_policy    = data.aws_iam_policy_document.rotation_trust.json
  force_detach_policies = true
}

resource "aws_iam_role_policy" "rotation" {
  for_each = local.rotation

  name   = "rotation"
  role   = aws_iam_role.rotation["this"].id
  policy = data.aws_iam_policy_document.rotation.json
}
