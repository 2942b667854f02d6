# Who may touch the Region's state: plan reads and locks, apply also writes, read only reads.

locals {
  roles = {
    plan  = { trusted = var.trusted.plan, locks = true, writes = false }
    apply = { trusted = var.trusted.apply, locks = true, writes = true }
    read  = { trusted = var.trusted.read, locks = false, writes = false }
  }

  lock_table_arn = "arn:${data.aws_partition.current.partition}:dynamodb:${var.region}:${var.account_id}:table/${var.name}-state-lock"
  # The key's id is only known after it exists; its alias is known before, so that the policies can be read in a plan.
  key_arns = "arn:${data.aws_partition.current.partition}:kms:${var.region}:${var.account_id}:key/*"
}

data "aws_iam_policy_document" "trust" {
  for_each = local.roles

  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    # The account stands in the principal and the role in the condition: roles that don't exist yet (the deploy roles
    # come after their state) can be trusted, and one that is made anew under the same name stays trusted.
    principals {
      type        = "AWS"
      identifiers = toset([for arn in each.value.trusted : "arn:${data.aws_partition.current.partition}:iam::${split(":", arn)[4]}:root"])
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = each.value.trusted
    }
  }
}

data "aws_iam_policy_document" "access" {
  for_each = local.roles

  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket", "s3:GetBucketVersioning"]
    resources = [local.bucket_arn]
  }

  statement {
    sid       = "ReadState"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${local.bucket_arn}/*.tfstate"]
  }

  dynamic "statement" {
    for_each = each.value.locks ? [true] : []

    content {
      sid       = "TakeLockFile"
      actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
      resources = ["${local.bucket_arn}/*.tfstate.tflock"]
    }
  }

  dynamic "statement" {
    for_each = each.value.writes ? [true] : []

    content {
      sid       = "WriteState"
      actions   = ["s3:PutObject"]
      resources = ["${local.bucket_arn}/*.tfstate"]
    }
  }

  statement {
    sid       = "UseKey"
    actions   = each.value.locks ? ["kms:Decrypt", "kms:GenerateDataKey"] : ["kms:Decrypt"]
    resources = [local.key_arns]

    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "kms:ResourceAliases"
      values   = ["alias/${var.name}-state"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = concat(["s3.${var.region}.amazonaws.com"], var.lock_mechanism == "s3+dynamodb" ? ["dynamodb.${var.region}.amazonaws.com"] : [])
    }
  }

  dynamic "statement" {
    for_each = each.value.locks && var.lock_mechanism == "s3+dynamodb" ? [true] : []

    content {
      sid       = "TakeLockRow"
      actions   = ["dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"]
      resources = [local.lock_table_arn]
    }
  }
}

resource "aws_iam_role" "access" {
  for_each = local.roles

  name                  = "${var.name}-state-${each.key}-${var.region}"
  description           = "State of ${var.region}: ${each.key}"
  assume_role_policy    = data.aws_iam_policy_document.trust[each.key].json
  max_session_duration  = 3600
  force_detach_policies = true
}

resource "aws_iam_role_policy" "access" {
  for_each = local.roles

  name   = "state"
  role   = aws_iam_role.access[each.key].id
  policy = data.aws_iam_policy_document.access[each.key].json
}
