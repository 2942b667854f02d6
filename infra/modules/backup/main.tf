# The vault, what is put into it and when, and where copies go.

data "aws_partition" "current" {}

locals {
  vault_arn = "arn:${data.aws_partition.current.partition}:backup:${var.region}:${var.account_id}:backup-vault:${var.name}"
  plan      = length(var.resources) > 0 ? { this = true } : {}
}

resource "aws_backup_vault" "this" {
  region        = var.region
  name          = var.name
  kms_key_arn   = var.kms_key_arn
  force_destroy = false
}

resource "aws_backup_vault_lock_configuration" "this" {
  for_each = var.lock == null ? {} : { this = var.lock }

  region              = var.region
  backup_vault_name   = aws_backup_vault.this.name
  min_retention_days  = each.value.min_days
  max_retention_days  = each.value.max_days
  changeable_for_days = each.value.changeable_days
}

# DynamoDB must be managed by AWS Backup: only then its backups move to cold storage, are copied, and keep their tags.
resource "aws_backup_region_settings" "this" {
  region = var.region

  resource_type_opt_in_preference = {
    Aurora   = true, DocumentDB = true, DynamoDB = true, EBS = true, EC2 = true, EFS = true, FSx = true, Neptune = true, RDS = true, S3 = true
    Redshift = false, "Storage Gateway" = false, VirtualMachine = false
  }

  resource_type_management_preference = { DynamoDB = true, EFS = true }
}

resource "aws_backup_plan" "this" {
  for_each = local.plan

  region = var.region
  name   = var.name

  dynamic "rule" {
    for_each = var.rules

    content {
      rule_name                    = rule.key
      target_vault_name            = aws_backup_vault.this.name
      schedule                     = rule.value.schedule
      schedule_expression_timezone = "Etc/UTC"
      start_window                 = 60
      completion_window            = 480
      enable_continuous_backup     = false

      lifecycle {
        delete_after                              = rule.value.delete_after
        cold_storage_after                        = rule.value.cold_after
        opt_in_to_archive_for_supported_resources = rule.value.cold_after != null
      }

      dynamic "copy_action" {
        for_each = var.copy_to

        content {
          destination_vault_arn = copy_action.value

          lifecycle {
            delete_after                              = rule.value.delete_after
            cold_storage_after                        = rule.value.cold_after
            opt_in_to_archive_for_supported_resources = rule.value.cold_after != null
          }
        }
      }
    }
  }

  depends_on = [aws_backup_region_settings.this]
}

resource "aws_backup_selection" "this" {
  for_each = local.plan

  region       = var.region
  name         = var.name
  plan_id      = aws_backup_plan.this["this"].id
  iam_role_arn = aws_iam_role.this["this"].arn
  resources    = values(var.resources)
}

# Once a week a backup of each type is restored, and thrown away after a day.
resource "aws_backup_restore_testing_plan" "this" {
  for_each = var.restore_tests == null ? {} : { this = var.restore_tests }

  region                       = var.region
  name                         = replace(var.name, "-", "_")
  schedule_expression          = each.value.schedule
  schedule_expression_timezone = "Etc/UTC"
  start_window_hours           = 8

  recovery_point_selection {
    algorithm             = "LATEST_WITHIN_WINDOW"
    include_vaults        = [local.vault_arn]
    recovery_point_types  = ["SNAPSHOT"]
    selection_window_days = 7
  }
}

resource "aws_backup_restore_testing_selection" "this" {
  for_each = var.restore_tests == null ? {} : var.restore_tests.types

  region                     = var.region
  name                       = each.key
  restore_testing_plan_name  = aws_backup_restore_testing_plan.this["this"].name
  protected_resource_type    = each.key
  protected_resource_arns    = ["*"]
  iam_role_arn               = aws_iam_role.this["this"].arn
  restore_metadata_overrides = each.value
  validation_window_hours    = 24
}
