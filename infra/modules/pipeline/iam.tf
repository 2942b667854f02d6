# Roles of the pipeline and of its builds. A build does little itself; it takes the stack's plan or apply role.

locals {
  build_roles = merge(
    { plan = "codebuild.amazonaws.com", apply = "codebuild.amazonaws.com" },
    length(var.images) == 0 ? {} : { image = "codebuild.amazonaws.com" },
  )

  projects = concat([for key in keys(local.builds) : "${var.name}-${key}"], [for key in keys(var.images) : "${var.name}-image-${key}"])
}

data "aws_iam_policy_document" "trust" {
  for_each = merge(local.build_roles, { pipeline = "codepipeline.amazonaws.com" })

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [each.value]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

resource "aws_iam_role" "pipeline" {
  name               = "${var.name}-pipeline-${var.region}"
  description        = "Moves changes through ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.trust["pipeline"].json
}

data "aws_iam_policy_document" "artifacts" {
  statement {
    sid       = "HandOver"
    actions   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
    resources = ["${local.arn}:s3:::${var.artifact_bucket}/*"]
  }

  statement {
    sid       = "FindTheBucket"
    actions   = ["s3:GetBucketLocation", "s3:GetBucketVersioning"]
    resources = ["${local.arn}:s3:::${var.artifact_bucket}"]
  }

  statement {
    sid       = "UseTheKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
  }

  dynamic "statement" {
    for_each = local.connected ? [local.connection_arn] : []

    content {
      sid       = "ReadTheSource"
      actions   = ["codeconnections:UseConnection", "codestar-connections:UseConnection"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = local.connected ? [] : [1]

    content {
      sid       = "ReadTheRepository"
      actions   = ["codecommit:GetBranch", "codecommit:GetCommit", "codecommit:GetRepository", "codecommit:GetUploadArchiveStatus", "codecommit:GitPull", "codecommit:UploadArchive"]
      resources = ["${local.arn}:codecommit:${var.region}:${var.account_id}:${var.source_code.repository}"]
    }
  }
}

data "aws_iam_policy_document" "pipeline" {
  source_policy_documents = [data.aws_iam_policy_document.artifacts.json]

  statement {
    sid       = "Build"
    actions   = ["codebuild:BatchGetBuilds", "codebuild:StartBuild"]
    resources = [for project in local.projects : "${local.arn}:codebuild:${var.region}:${var.account_id}:project/${project}"]
  }

  statement {
    sid       = "AskForApproval"
    actions   = ["sns:Publish"]
    resources = [var.alarm_topic_arn]
  }
}

resource "aws_iam_role_policy" "pipeline" {
  name   = "pipeline"
  role   = aws_iam_role.pipeline.id
  policy = data.aws_iam_policy_document.pipeline.json
}

resource "aws_iam_role" "build" {
  for_each = local.build_roles

  name               = "${var.name}-${each.key}-${var.region}"
  description        = "Builds of ${var.name} that ${each.key}"
  assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
}

data "aws_iam_policy_document" "build" {
  for_each = local.build_roles

  source_policy_documents = [data.aws_iam_policy_document.artifacts.json]

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.arn}:logs:${var.region}:${var.account_id}:log-group:/aws/codebuild/${var.name}:*"]
  }

  dynamic "statement" {
    for_each = each.key == "image" ? [] : [each.key == "plan" ? var.role_arns.plan : var.role_arns.apply]

    content {
      sid       = "TakeTheWorkingRole"
      actions   = ["sts:AssumeRole"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = each.key == "image" ? [1] : []

    content {
      sid = "PushImages"
      actions = [
        "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
      ]
      resources = [for image in values(var.images) : image.repository_arn]
    }
  }

  dynamic "statement" {
    for_each = each.key == "image" ? [1] : []

    content {
      sid       = "SignInWhereAwsHasNoResource"
      actions   = ["ecr:GetAuthorizationToken"]
      resources = ["*"]
    }
  }
}

resource "aws_iam_role_policy" "build" {
  for_each = local.build_roles

  name   = "build"
  role   = aws_iam_role.build[each.key].id
  policy = data.aws_iam_policy_document.build[each.key].json
}
