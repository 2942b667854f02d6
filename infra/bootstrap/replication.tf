# A pair's stack keeps its state in the standby's Region, because it is needed when the primary is lost; a copy in the
# primary's Region outlives the loss of the standby. Both Regions of a pair lie in one jurisdiction, and so does the copy.

data "aws_partition" "current" {}

locals {
  copies = {
    us-west-2    = "us-east-1"
    eu-central-1 = "eu-west-1"
  }
  kms_arn = { for region in local.regions : region => "arn:${data.aws_partition.current.partition}:kms:${region}:${var.account_id}:key/*" }
}

data "aws_iam_policy_document" "replication_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

data "aws_iam_policy_document" "replication" {
  for_each = local.copies

  statement {
    sid       = "ReadSource"
    actions   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    resources = [module.state_backend[each.key].bucket_arn]
  }

  statement {
    sid       = "ReadVersions"
    actions   = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
    resources = ["${module.state_backend[each.key].bucket_arn}/*"]
  }

  statement {
    sid       = "WriteCopies"
    actions   = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
    resources = ["${module.state_backend[each.value].bucket_arn}/*"]
  }

  statement {
    sid       = "Decrypt"
    actions   = ["kms:Decrypt"]
    resources = [local.kms_arn[each.key]]

    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "kms:ResourceAliases"
      values   = [module.state_backend[each.key].kms_alias]
    }
  }

  statement {
    sid       = "Encrypt"
    actions   = ["kms:Encrypt", "kms:GenerateDataKey"]
    resources = [local.kms_arn[each.value]]

    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "kms:ResourceAliases"
      values   = [module.state_backend[each.value].kms_alias]
    }
  }
}

resource "aws_iam_role" "replication" {
  for_each = local.copies

  name               = "${local.name}-state-replication-${each.key}"
  description        = "Copies state from ${each.key} to ${each.value}"
  assume_role_policy = data.aws_iam_policy_document.replication_trust.json
}

resource "aws_iam_role_policy" "replication" {
  for_each = local.copies

  name   = "replication"
  role   = aws_iam_role.replication[each.key].id
  policy = data.aws_iam_policy_document.replication[each.key].json
}

resource "aws_s3_bucket_replication_configuration" "state" {
  for_each = local.copies

  region = each.key
  bucket = module.state_backend[each.key].bucket_id
  role   = aws_iam_role.replication[each.key].arn

  rule {
    id       = "state-of-the-pair"
    status   = "Enabled"
    priority = 1

    filter {
      prefix = ""
    }

    # A deletion stays where it happened: the copy is there for the day when it was a mistake.
    delete_marker_replication {
      status = "Disabled"
    }

    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }

    destination {
      bucket        = module.state_backend[each.value].bucket_arn
      storage_class = "STANDARD"

      encryption_configuration {
        replica_kms_key_id = module.state_backend[each.value].kms_key_arn
      }

      metrics {
        status = "Enabled"

        event_threshold {
          minutes = 15
        }
      }

      replication_time {
        status = "Enabled"

        time {
          minutes = 15
        }
      }
    }
  }

  # The destination must be versioned before a rule may name it.
  depends_on = [module.state_backend]
}
