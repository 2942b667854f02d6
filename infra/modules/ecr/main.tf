# Image repositories: immutable tags, scanned on push, encrypted, bounded, and copied to the standby's Region.

data "aws_partition" "current" {}

resource "aws_ecr_repository" "this" {
  for_each = var.repositories

  region               = var.region
  name                 = "${var.name}/${each.key}"
  image_tag_mutability = "IMMUTABLE" # a tag, once pushed, is a name for one image; deployments use the digest anyway
  force_delete         = var.environment != "prod" && each.value.disposable

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = var.kms_key_arn
  }

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  for_each = var.repositories

  region     = var.region
  repository = aws_ecr_repository.this[each.key].name

  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "Layers without a tag are leftovers of a failed push."
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = each.value.untagged_days }
        action       = { type = "expire" }
      },
      {
        rulePriority = 2
        description  = "The newest images stay, so that a rollback finds its own."
        selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = each.value.keep_images }
        action       = { type = "expire" }
      },
    ]
  })
}

data "aws_iam_policy_document" "this" {
  for_each = { for name, repository in var.repositories : name => repository if length(repository.pull_role_arns) + length(repository.push_role_arns) > 0 }

  dynamic "statement" {
    for_each = length(each.value.pull_role_arns) > 0 ? [sort(each.value.pull_role_arns)] : []

    content {
      sid     = "Pull"
      actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]

      principals {
        type        = "AWS"
        identifiers = statement.value
      }
    }
  }

  dynamic "statement" {
    for_each = length(each.value.push_role_arns) > 0 ? [sort(each.value.push_role_arns)] : []

    content {
      sid = "Push"
      actions = [
        "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
      ]

      principals {
        type        = "AWS"
        identifiers = statement.value
      }
    }
  }
}

resource "aws_ecr_repository_policy" "this" {
  for_each = data.aws_iam_policy_document.this

  region     = var.region
  repository = aws_ecr_repository.this[each.key].name
  policy     = each.value.json
}
