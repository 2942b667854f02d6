# Three roles: what starts the task, what the task is, and what moves the traffic.

locals {
  managed_policy = "arn:${data.aws_partition.current.partition}:iam::aws:policy"
}

data "aws_iam_policy_document" "task_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

resource "aws_iam_role" "execution" {
  name               = "${var.name}-start-${var.region}"
  description        = "Pulls the image, reads the secrets and opens the log of ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.task_trust.json
}

data "aws_iam_policy_document" "execution" {
  statement {
    sid       = "PullTheImage"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [var.container.repository_arn]
  }

  statement {
    sid       = "SignInWhereAwsHasNoResource"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:${data.aws_partition.current.partition}:logs:${var.region}:${var.account_id}:log-group:${local.log_group}:*"]
  }

  dynamic "statement" {
    for_each = length(var.container.secrets) == 0 ? [] : [1]

    content {
      sid       = "ReadItsSecrets"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = distinct([for arn in values(var.container.secrets) : join(":", slice(split(":", arn), 0, 7))])
    }
  }

  statement {
    sid       = "UseTheKey"
    actions   = ["kms:Decrypt"]
    resources = distinct(concat([var.kms_key_arn], tolist(var.container.secret_key_arns)))
  }
}

resource "aws_iam_role_policy" "execution" {
  name   = "start"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

resource "aws_iam_role" "task" {
  name               = "${var.name}-task-${var.region}"
  description        = "What ${var.name} may do"
  assume_role_policy = data.aws_iam_policy_document.task_trust.json
}

resource "aws_iam_role_policy" "task" {
  for_each = var.task_policies

  name   = each.key
  role   = aws_iam_role.task.id
  policy = each.value
}

data "aws_iam_policy_document" "exec" {
  statement {
    sid       = "SessionsWhereAwsHasNoResource"
    actions   = ["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"]
    resources = ["*"]
  }

  statement {
    sid       = "SessionKey"
    actions   = ["kms:Decrypt"]
    resources = [var.kms_key_arn]
  }
}

resource "aws_iam_role_policy" "exec" {
  for_each = toset(var.exec_allowed ? ["this"] : [])

  name   = "exec"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.exec.json
}

# The service documents no condition for this trust; who may pass the role decides.
data "aws_iam_policy_document" "deployment_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [var.deployment.controller == "ecs" ? "ecs.amazonaws.com" : "codedeploy.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "deployment" {
  name               = "${var.name}-move-${var.region}"
  description        = "Moves traffic between the versions of ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.deployment_trust.json
}

resource "aws_iam_role_policy_attachment" "deployment" {
  role       = aws_iam_role.deployment.name
  policy_arn = var.deployment.controller == "ecs" ? "${local.managed_policy}/AmazonECSInfrastructureRolePolicyForLoadBalancers" : "${local.managed_policy}/AWSCodeDeployRoleForECS"
}
