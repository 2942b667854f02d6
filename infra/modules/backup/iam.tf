# Who may do what with the vault: nobody deletes a backup by hand, other accounts only put copies in.

data "aws_iam_policy_document" "vault" {
  statement {
    sid       = "NobodyDeletes"
    effect    = "Deny"
    actions   = ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "backup:DeleteBackupVaultAccessPolicy", "backup:PutBackupVaultAccessPolicy"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    # Whoever may change this policy is named, so that it can be changed at all.
    condition {
      test     = "ArnNotLike"
      variable = "aws:PrincipalArn"
      values   = ["arn:${data.aws_partition.current.partition}:iam::${var.account_id}:role/${split("-", var.name)[0]}-github-apply", "arn:${data.aws_partition.current.partition}:iam::${var.account_id}:role/aws-service-role/backup.amazonaws.com/*"]
    }
  }

  dynamic "statement" {
    for_each = length(var.accept_from) > 0 ? [var.accept_from] : []

    content {
      sid       = "CopiesComeIn"
      actions   = ["backup:CopyIntoBackupVault"]
      resources = [local.vault_arn]

      principals {
        type        = "AWS"
        identifiers = [for account in statement.value : "arn:${data.aws_partition.current.partition}:iam::${account}:root"]
      }
    }
  }
}

resource "aws_backup_vault_policy" "this" {
  region            = var.region
  backup_vault_name = aws_backup_vault.this.name
  policy            = data.aws_iam_policy_document.vault.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["backup.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

locals {
  role = length(var.resources) > 0 || var.restore_tests != null ? { this = true } : {}
  policies = toset(length(local.role) == 0 ? [] : [
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
    "AWSBackupServiceRolePolicyForS3Backup",
    "AWSBackupServiceRolePolicyForS3Restore",
  ])
}

resource "aws_iam_role" "this" {
  for_each = local.role

  name                  = "${var.name}-backup-${var.region}"
  description           = "Backs up and restores ${var.name} in ${var.region}"
  assume_role_policy    = data.aws_iam_policy_document.trust.json
  force_detach_policies = true
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.policies

  role       = aws_iam_role.this["this"].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/${each.key}"
}
