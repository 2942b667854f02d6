# Settings that an account has once per Region: how images are scanned, and where they are copied.

locals {
  replica_regions  = var.registry == null ? toset([]) : var.registry.replica_regions
  replica_key_arns = var.registry == null ? {} : var.registry.replica_key_arns
}

resource "aws_ecr_registry_scanning_configuration" "this" {
  for_each = toset(var.registry == null ? [] : ["this"])

  region    = var.region
  scan_type = "ENHANCED"

  rule {
    scan_frequency = "CONTINUOUS_SCAN" # an image is clean only until the next advisory

    repository_filter {
      filter      = "${var.name}/*"
      filter_type = "WILDCARD"
    }
  }
}

resource "aws_ecr_replication_configuration" "this" {
  for_each = toset(length(local.replica_regions) == 0 ? [] : ["this"])

  region = var.region

  replication_configuration {
    rule {
      dynamic "destination" {
        for_each = sort(local.replica_regions)

        content {
          region      = destination.value
          registry_id = var.account_id
        }
      }

      repository_filter {
        filter      = "${var.name}/"
        filter_type = "PREFIX_MATCH"
      }
    }
  }
}

# A copy is born with the standby's settings only where the standby's registry has a template for it.
resource "aws_ecr_repository_creation_template" "replica" {
  for_each = local.replica_key_arns

  region               = each.key
  prefix               = var.name
  description          = "Replicas of ${var.name} from ${var.region}"
  applied_for          = ["REPLICATION"]
  image_tag_mutability = "IMMUTABLE"
  custom_role_arn      = aws_iam_role.replica["this"].arn

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = each.value
  }
}

# The service documents no condition for this trust; who may pass the role decides.
data "aws_iam_policy_document" "replica_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecr.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "replica" {
  statement {
    actions = ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"]
    resources = [
      for replica in keys(local.replica_key_arns) :
      "arn:${data.aws_partition.current.partition}:ecr:${replica}:${var.account_id}:repository/${var.name}/*"
    ]
  }

  statement {
    actions   = ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"]
    resources = values(local.replica_key_arns)
  }
}

resource "aws_iam_role" "replica" {
  for_each = toset(length(local.replica_key_arns) == 0 ? [] : ["this"])

  name               = "${var.name}-ecr-${var.region}"
  description        = "Makes the repositories of replicated images"
  assume_role_policy = data.aws_iam_policy_document.replica_trust.json
}

resource "aws_iam_role_policy" "replica" {
  for_each = aws_iam_role.replica

  name   = "replicas"
  role   = each.value.id
  policy = data.aws_iam_policy_document.replica.json
}
