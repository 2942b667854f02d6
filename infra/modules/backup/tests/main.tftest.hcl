provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod"
  region          = "eu-west-1"
  account_id      = "123456789012"
  environment     = "prod"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  resources       = { journal = "arn:aws:dynamodb:eu-west-1:123456789012:table/orderflow-prod-journal", reconciler = "arn:aws:rds:eu-west-1:123456789012:db:orderflow-prod-reconciler" }
  copy_to         = ["arn:aws:backup:eu-central-1:123456789012:backup-vault:orderflow-prod"]
  restore_tests   = { types = { DynamoDB = {}, RDS = {} } }
}

run "backups_are_kept_for_a_month_a_quarter_and_a_year" {
  command = plan

  assert {
    condition     = { for rule in aws_backup_plan.this["this"].rule : rule.rule_name => one(rule.lifecycle).delete_after } == { daily = 30, weekly = 90, monthly = 365 }
    error_message = "The periods aren't 30, 90 and 365 days."
  }

  assert {
    condition     = alltrue([for rule in aws_backup_plan.this["this"].rule : (one(rule.lifecycle).cold_storage_after != null) == (rule.rule_name == "monthly")])
    error_message = "Something other than the monthly backup moves to cold storage."
  }

  assert {
    condition     = alltrue([for rule in aws_backup_plan.this["this"].rule : one(rule.lifecycle).delete_after >= coalesce(one(rule.lifecycle).cold_storage_after, -90) + 90])
    error_message = "A backup leaves cold storage before its 90 days are over."
  }

  assert {
    condition     = aws_backup_selection.this["this"].resources == toset(values(var.resources)) && output.covered == var.resources
    error_message = "What is given isn't what is backed up."
  }

  assert {
    condition     = aws_backup_region_settings.this.resource_type_management_preference["DynamoDB"] && alltrue([for type in ["DynamoDB", "RDS", "S3", "EFS"] : aws_backup_region_settings.this.resource_type_opt_in_preference[type]])
    error_message = "DynamoDB's backups can't move to cold storage or be copied."
  }
}

run "a_vault_outlives_mistakes_and_its_region" {
  command = plan

  assert {
    condition     = alltrue([for rule in aws_backup_plan.this["this"].rule : one(rule.copy_action).destination_vault_arn == "arn:aws:backup:eu-central-1:123456789012:backup-vault:orderflow-prod" && one(one(rule.copy_action).lifecycle).delete_after == one(rule.lifecycle).delete_after])
    error_message = "A backup isn't copied to the other Region for as long."
  }

  assert {
    condition     = aws_backup_vault_lock_configuration.this["this"].min_retention_days == 7 && aws_backup_vault_lock_configuration.this["this"].max_retention_days == 400 && aws_backup_vault_lock_configuration.this["this"].changeable_for_days == null
    error_message = "The vault isn't locked, or its lock can't be lifted although nobody asked for that."
  }

  assert {
    condition     = aws_backup_vault.this.kms_key_arn == var.kms_key_arn && !aws_backup_vault.this.force_destroy
    error_message = "The vault isn't encrypted with the key, or goes with its backups."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.vault.json).Statement[0].Effect == "Deny" && contains(jsondecode(data.aws_iam_policy_document.vault.json).Statement[0].Action, "backup:DeleteRecoveryPoint")
    error_message = "Somebody may delete a backup by hand."
  }

  assert {
    condition     = length(jsondecode(data.aws_iam_policy_document.vault.json).Statement) == 1
    error_message = "Another account may put copies in."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.trust.json).Statement[0].Principal.Service == "backup.amazonaws.com" && jsondecode(data.aws_iam_policy_document.trust.json).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "Another service, or another account's, may take the role."
  }
}

run "a_compliance_lock_on_request" {
  command = plan

  variables {
    lock = { changeable_days = 3 }
  }

  assert {
    condition     = aws_backup_vault_lock_configuration.this["this"].changeable_for_days == 3
    error_message = "The lock can be lifted for ever."
  }
}

run "backups_are_restored_for_trial" {
  command = plan

  assert {
    condition     = toset(keys(aws_backup_restore_testing_selection.this)) == toset(["DynamoDB", "RDS"]) && one(aws_backup_restore_testing_plan.this["this"].recovery_point_selection).include_vaults == toset(["arn:aws:backup:eu-west-1:123456789012:backup-vault:orderflow-prod"]) && aws_backup_restore_testing_plan.this["this"].schedule_expression == "cron(0 6 ? * MON *)"
    error_message = "A type isn't restored each week from this vault."
  }
}

run "trouble_is_noticed" {
  command = plan

  assert {
    condition     = alltrue([for alarm, metric in { failed = "NumberOfBackupJobsFailed", missing = "NumberOfBackupJobsCompleted", copy-failed = "NumberOfCopyJobsFailed", restore-failed = "NumberOfRestoreJobsFailed" } : aws_cloudwatch_metric_alarm.backup[alarm].metric_name == metric && aws_cloudwatch_metric_alarm.backup[alarm].alarm_actions == toset([var.alarm_topic_arn])])
    error_message = "A failed or missing backup, copy or restore has no alarm."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.backup["missing"].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.backup["missing"].comparison_operator == "LessThanThreshold" && aws_cloudwatch_metric_alarm.backup["missing"].evaluation_periods == 26
    error_message = "A day without a backup is silent."
  }

  assert {
    condition     = jsonencode(jsondecode(aws_cloudwatch_event_rule.failed.event_pattern).detail["$or"]) == jsonencode([{ state = ["ABORTED", "EXPIRED", "FAILED"] }, { status = ["ABORTED", "FAILED"] }]) && aws_cloudwatch_event_target.failed.arn == var.alarm_topic_arn && contains(aws_backup_vault_notifications.this.backup_vault_events, "COPY_JOB_FAILED")
    error_message = "A bad end isn't announced."
  }
}

run "a_vault_may_only_receive" {
  command = plan

  variables {
    resources     = {}
    copy_to       = []
    restore_tests = null
    accept_from   = ["210987654321"]
  }

  assert {
    condition     = length(aws_backup_plan.this) + length(aws_iam_role.this) + length(aws_cloudwatch_metric_alarm.backup) == 0 && output.role_arn == null
    error_message = "It backs something up."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.vault.json).Statement[1].Action == "backup:CopyIntoBackupVault" && jsondecode(data.aws_iam_policy_document.vault.json).Statement[1].Principal.AWS == "arn:aws:iam::210987654321:root"
    error_message = "The other account can't put copies in, or can do more."
  }
}
