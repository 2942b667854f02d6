# The key policies. In a key policy the resource "*" is the key itself.

locals {
  # CloudWatch Logs names its Region in its principal and proves its purpose by encryption context; the others name the account.
  logs_principal = "logs.${var.region}.amazonaws.com"

  use = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
}

data "aws_iam_policy_document" "key" {
  for_each = var.keys

  # Without this statement a wrong policy could only be mended by AWS support.
  statement {
    sid       = "AccountKeepsControl"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${var.account_id}:root"]
    }
  }

  dynamic "statement" {
    for_each = length(each.value.users) > 0 ? [each.value.users] : []

    content {
      sid       = "RolesUseKey"
      actions   = local.use
      resources = ["*"]

      # The account is the principal and the role the condition, so that the policy may name a role before it exists.
      principals {
        type        = "AWS"
        identifiers = toset([for arn in statement.value : "arn:${data.aws_partition.current.partition}:iam::${split(":", arn)[4]}:root"])
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:PrincipalArn"
        values   = statement.value
      }
    }
  }

  dynamic "statement" {
    for_each = contains(each.value.services, "logs") ? [true] : []

    content {
      sid       = "LogsUseKey"
      actions   = local.use
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = [local.logs_principal]
      }

      condition {
        test     = "ArnLike"
        variable = "kms:EncryptionContext:aws:logs:arn"
        values   = ["arn:${data.aws_partition.current.partition}:logs:${var.region}:${var.account_id}:log-group:*"]
      }
    }
  }

  dynamic "statement" {
    for_each = length(setsubtract(each.value.services, ["logs"])) > 0 ? [setsubtract(each.value.services, ["logs"])] : []

    content {
      sid       = "ServicesUseKey"
      actions   = local.use
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = [for service in statement.value : "${service}.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [var.account_id]
      }
    }
  }

  # Services that keep a key for long (volumes, tables, file systems) ask for a grant in the caller's name.
  dynamic "statement" {
    for_each = length(each.value.users) > 0 ? [each.value.users] : []

    content {
      sid       = "RolesGrantToServices"
      actions   = ["kms:CreateGrant"]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = toset([for arn in statement.value : "arn:${data.aws_partition.current.partition}:iam::${split(":", arn)[4]}:root"])
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:PrincipalArn"
        values   = statement.value
      }

      condition {
        test     = "Bool"
        variable = "kms:GrantIsForAWSResource"
        values   = ["true"]
      }
    }
  }
}
