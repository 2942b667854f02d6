# The builds: check, plan and apply of one stack, and one per image.

locals {
  builds = {
    check = { description = "Format, validation, tests and policies", buildspec = "check", role = "plan", minutes = 30 }
    plan  = { description = "Plan of ${var.stack_path}", buildspec = "plan", role = "plan", minutes = 30 }
    apply = { description = "Apply of the approved plan of ${var.stack_path}", buildspec = "apply", role = "apply", minutes = 60 }
  }
}

resource "aws_cloudwatch_log_group" "build" {
  region            = var.region
  name              = "/aws/codebuild/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_codebuild_project" "this" {
  for_each = local.builds

  region                 = var.region
  name                   = "${var.name}-${each.key}"
  description            = each.value.description
  service_role           = aws_iam_role.build[each.value.role].arn
  encryption_key         = var.kms_key_arn
  build_timeout          = each.value.minutes
  concurrent_build_limit = 1

  artifacts {
    type                = "CODEPIPELINE"
    encryption_disabled = false
  }

  source {
    type = "CODEPIPELINE"
    buildspec = templatefile("${path.module}/templates/${each.value.buildspec}.yaml.tftpl", {
      stack_path = var.stack_path
    })
  }

  environment {
    type                        = "ARM_CONTAINER"
    compute_type                = "BUILD_GENERAL1_SMALL"
    image                       = var.build_image
    image_pull_credentials_type = "CODEBUILD"
    privileged_mode             = false
  }

  logs_config {
    cloudwatch_logs {
      status     = "ENABLED"
      group_name = aws_cloudwatch_log_group.build.name
    }
  }
}

resource "aws_codebuild_project" "image" {
  for_each = var.images

  region         = var.region
  name           = "${var.name}-image-${each.key}"
  description    = "Image of ${each.key}, pushed by digest"
  service_role   = aws_iam_role.build["image"].arn
  encryption_key = var.kms_key_arn
  build_timeout  = 60

  artifacts {
    type                = "CODEPIPELINE"
    encryption_disabled = false
  }

  source {
    type      = "CODEPIPELINE"
    buildspec = templatefile("${path.module}/templates/image.yaml.tftpl", { service = each.key, repository_url = each.value.repository_url })
  }

  environment {
    type                        = "ARM_CONTAINER"
    compute_type                = "BUILD_GENERAL1_LARGE"
    image                       = var.build_image
    image_pull_credentials_type = "CODEBUILD"
    privileged_mode             = true # a container is built inside; this role can push images and nothing else
  }

  logs_config {
    cloudwatch_logs {
      status     = "ENABLED"
      group_name = aws_cloudwatch_log_group.build.name
    }
  }
}
