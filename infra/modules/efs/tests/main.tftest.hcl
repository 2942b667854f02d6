provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod-files"
  region          = "eu-west-1"
  account_id      = "123456789012"
  environment     = "prod"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  network = {
    vpc_id     = "vpc-0123456789abcdef0"
    subnet_ids = { euw1-az1 = "subnet-0000000000000001a", euw1-az2 = "subnet-0000000000000001b" }
  }
  access_points    = { statements = { path = "/statements", uid = 10001, gid = 10001 } }
  client_role_arns = ["arn:aws:iam::123456789012:role/orderflow-prod-reconciler-eu-west-1"]
}

run "files_are_encrypted_and_backed_up" {
  command = plan

  assert {
    condition     = aws_efs_file_system.this.encrypted && aws_efs_file_system.this.kms_key_id == var.kms_key_arn
    error_message = "Files aren't encrypted with the key that was given."
  }

  assert {
    condition     = aws_efs_backup_policy.this.backup_policy[0].status == "ENABLED" && aws_efs_file_system.this.protection[0].replication_overwrite == "ENABLED"
    error_message = "They aren't backed up, or can be overwritten by a replica."
  }

  assert {
    condition     = aws_efs_file_system.this.lifecycle_policy[0].transition_to_ia == "AFTER_30_DAYS"
    error_message = "Old files stay in the expensive class."
  }

  assert {
    condition     = toset(keys(aws_efs_mount_target.this)) == toset(["euw1-az1", "euw1-az2"])
    error_message = "A zone has no mount target."
  }
}

run "trouble_is_noticed" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["io-limit"].metric_name == "PercentIOLimit" && aws_cloudwatch_metric_alarm.this["io-limit"].threshold == 80 && aws_cloudwatch_metric_alarm.this["io-limit"].alarm_actions == toset([var.alarm_topic_arn])
    error_message = "A file system at its limit is silent."
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.this) == ["io-limit"] && length(aws_efs_replication_configuration.this) == 0
    error_message = "A replica is watched that isn't there."
  }
}

run "a_replica_lies_in_the_other_region" {
  command = plan

  variables {
    infrequent_days = 1
    replica         = { region = "eu-central-1", kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/22222222-2222-3333-4444-555555555555" }
  }

  assert {
    condition     = aws_efs_replication_configuration.this["this"].destination[0].region == "eu-central-1" && aws_efs_replication_configuration.this["this"].destination[0].kms_key_id == var.replica.kms_key_arn
    error_message = "The copy isn't in the other Region, under its key."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["replica-lag"].metric_name == "TimeSinceLastSync"
    error_message = "Its lag has no alarm."
  }

  assert {
    condition     = aws_efs_file_system.this.lifecycle_policy[0].transition_to_ia == "AFTER_1_DAY"
    error_message = "One day isn't spelled as AWS spells it."
  }
}
