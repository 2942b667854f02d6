# The way of a change inside AWS: source, checks, plan, a person, apply. Images are built beside it.

data "aws_partition" "current" {}

locals {
  arn            = "arn:${data.aws_partition.current.partition}"
  source         = "${var.name}-source"
  connected      = var.source_code.kind == "codeconnections"
  connection_arn = local.connected ? try(var.source_code.connection.arn, aws_codeconnections_connection.this["this"].arn) : null

  # Stage, its project, and what it reads and leaves.
  stages = concat(
    [
      { name = "Check", project = "check", output = null, approval = false },
      { name = "Plan", project = "plan", output = "plan", approval = false },
    ],
    var.environment == "dev" ? [] : [{ name = "Approve", project = null, output = null, approval = true }],
    [{ name = "Apply", project = "apply", output = null, approval = false }],
  )
}

resource "aws_codepipeline" "this" {
  region         = var.region
  name           = var.name
  role_arn       = aws_iam_role.pipeline.arn
  pipeline_type  = "V2"
  execution_mode = "QUEUED" # a newer change waits: half of an apply is worse than a late one

  artifact_store {
    type     = "S3"
    location = var.artifact_bucket

    encryption_key {
      type = "KMS"
      id   = var.kms_key_arn
    }
  }

  stage {
    name = "Source"

    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      version          = "1"
      provider         = local.connected ? "CodeStarSourceConnection" : "CodeCommit"
      output_artifacts = ["source"]

      configuration = local.connected ? {
        ConnectionArn        = local.connection_arn
        FullRepositoryId     = var.source_code.repository
        BranchName           = var.source_code.branch
        OutputArtifactFormat = "CODEBUILD_CLONE_REF"
        DetectChanges        = "true"
        } : {
        RepositoryName       = var.source_code.repository
        BranchName           = var.source_code.branch
        OutputArtifactFormat = "CODEBUILD_CLONE_REF"
        PollForSourceChanges = "false"
      }
    }
  }

  dynamic "stage" {
    for_each = local.stages

    content {
      name = stage.value.name

      action {
        name             = stage.value.name
        category         = stage.value.approval ? "Approval" : stage.value.name == "Check" ? "Test" : "Build"
        owner            = "AWS"
        version          = "1"
        provider         = stage.value.approval ? "Manual" : "CodeBuild"
        input_artifacts  = stage.value.approval ? [] : stage.value.name == "Apply" ? ["source", "plan"] : ["source"]
        output_artifacts = stage.value.output == null ? [] : [stage.value.output]

        configuration = stage.value.approval ? {
          NotificationArn = var.alarm_topic_arn
          CustomData      = "Read the plan of ${var.stack_path} before you approve it."
          } : {
          ProjectName   = aws_codebuild_project.this[stage.value.project].name
          PrimarySource = "source"
        }
      }
    }
  }

  dynamic "stage" {
    for_each = length(var.images) == 0 ? [] : [1]

    content {
      name = "Images"

      dynamic "action" {
        for_each = var.images

        content {
          name            = "Image-${action.key}"
          category        = "Build"
          owner           = "AWS"
          version         = "1"
          provider        = "CodeBuild"
          input_artifacts = ["source"]

          configuration = {
            ProjectName = aws_codebuild_project.image[action.key].name
          }
        }
      }
    }
  }
}
