provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod"
  region          = "eu-central-1"
  account_id      = "123456789012"
  environment     = "prod"
  kms_key_arn     = "arn:aws:kms:eu-central-1:123456789012:key/mrk-11111111222233334444555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-central-1:123456789012:orderflow-prod-alarms"
  access_logs     = { bucket = "orderflow-prod-eu-central-1-123456789012-access-logs" }
}

run "evidence_is_locked_in_prod" {
  command = plan

  assert {
    condition     = aws_s3_bucket.this["audit/eu-central-1"].object_lock_enabled && aws_s3_bucket_object_lock_configuration.this["audit/eu-central-1"].rule[0].default_retention[0].mode == "COMPLIANCE" && aws_s3_bucket_object_lock_configuration.this["audit/eu-central-1"].rule[0].default_retention[0].years == 7
    error_message = "The audit bucket isn't locked for seven years in compliance mode."
  }

  assert {
    condition     = aws_s3_bucket_object_lock_configuration.this["statements/eu-central-1"].rule[0].default_retention[0].mode == "GOVERNANCE" && aws_s3_bucket_object_lock_configuration.this["statements/eu-central-1"].rule[0].default_retention[0].days == 365
    error_message = "Statements aren't locked for a year in governance mode."
  }

  assert {
    condition     = length(aws_s3_bucket_object_lock_configuration.this) == 2 && !aws_s3_bucket.this["snapshots/eu-central-1"].object_lock_enabled && !aws_s3_bucket.this["artifacts/eu-central-1"].object_lock_enabled
    error_message = "Snapshots or artifacts are locked."
  }

  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.this["audit/eu-central-1"].rule[0].noncurrent_version_expiration).noncurrent_days > 7 * 365 && one(aws_s3_bucket_lifecycle_configuration.this["statements/eu-central-1"].rule[0].noncurrent_version_expiration).noncurrent_days > 365
    error_message = "A version goes before its lock does."
  }

  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.this["audit/eu-central-1"].rule[0].expiration) == 0 && length(aws_s3_bucket_lifecycle_configuration.this["statements/eu-central-1"].rule[0].expiration) == 0
    error_message = "Evidence expires."
  }
}

run "dev_evidence_can_be_cleared" {
  command = plan

  variables {
    environment = "dev"
  }

  assert {
    condition     = alltrue([for lock in aws_s3_bucket_object_lock_configuration.this : lock.rule[0].default_retention[0].mode == "GOVERNANCE" && lock.rule[0].default_retention[0].days == 1])
    error_message = "A dev lock is longer than a day, or can't be bypassed."
  }
}

run "no_bucket_is_open_or_forgetful" {
  command = plan

  assert {
    condition     = alltrue([for bucket in aws_s3_bucket.this : !bucket.force_destroy]) && alltrue([for versioning in aws_s3_bucket_versioning.this : versioning.versioning_configuration[0].status == "Enabled"]) && length(aws_s3_bucket_versioning.this) == 4
    error_message = "A bucket isn't versioned, or may be emptied on destroy."
  }

  assert {
    condition     = alltrue([for encryption in aws_s3_bucket_server_side_encryption_configuration.this : one(one(encryption.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.kms_key_arn])
    error_message = "A bucket isn't encrypted with the key that was given."
  }

  assert {
    condition     = alltrue([for block in aws_s3_bucket_public_access_block.this : block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets]) && length(aws_s3_bucket_public_access_block.this) == 4
    error_message = "A bucket may become public."
  }

  assert {
    condition     = alltrue([for document in data.aws_iam_policy_document.bucket : anytrue([for s in jsondecode(document.json).Statement : s.Action == "s3:*" && try(s.Condition.Bool["aws:SecureTransport"], "") == "false"]) && alltrue([for s in jsondecode(document.json).Statement : s.Effect == "Deny"])])
    error_message = "A bucket takes plain HTTP, or its policy grants something."
  }

  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.bucket["audit/eu-central-1"].json).Statement : s.Sid == "DenyOtherKeys" && try(s.Condition.StringNotEquals["s3:x-amz-server-side-encryption-aws-kms-key-id"], "") == var.kms_key_arn])
    error_message = "Another key may be used."
  }

  assert {
    condition     = length(aws_s3_bucket_logging.this) == 4 && aws_s3_bucket_logging.this["audit/eu-central-1"].target_bucket == var.access_logs.bucket
    error_message = "Accesses aren't logged."
  }

  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.this["snapshots/eu-central-1"].rule[0].expiration).days == 35
    error_message = "A snapshot stays for ever."
  }

  assert {
    condition     = output.names["audit"] == "orderflow-prod-eu-central-1-123456789012-audit" && output.arns["audit"] == "arn:aws:s3:::orderflow-prod-eu-central-1-123456789012-audit"
    error_message = "The name isn't what services take."
  }
}

run "one_region_copies_nothing" {
  command = plan

  assert {
    condition     = length(aws_s3_bucket_replication_configuration.this) == 0 && length(aws_iam_role.replication) == 0 && length(output.replica_names) == 0
    error_message = "A bucket is copied without being asked for."
  }
}

run "a_pair_copies_both_ways_within_15_minutes" {
  command = plan

  variables {
    replica = {
      region          = "eu-west-1"
      kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/mrk-11111111222233334444555555555555"
      alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
    }
  }

  assert {
    condition     = output.replica_names["audit"] == "orderflow-prod-eu-west-1-123456789012-audit" && aws_s3_bucket_object_lock_configuration.this["audit/eu-west-1"].rule[0].default_retention[0].mode == "COMPLIANCE" && aws_s3_bucket.this["audit/eu-west-1"].region == "eu-west-1"
    error_message = "The other side isn't there, or is locked less."
  }

  assert {
    condition     = aws_s3_bucket_replication_configuration.this["audit/eu-central-1"].rule[0].destination[0].bucket == "arn:aws:s3:::orderflow-prod-eu-west-1-123456789012-audit" && aws_s3_bucket_replication_configuration.this["audit/eu-west-1"].rule[0].destination[0].bucket == "arn:aws:s3:::orderflow-prod-eu-central-1-123456789012-audit"
    error_message = "A side doesn't copy to the other."
  }

  assert {
    condition     = alltrue([for copy in aws_s3_bucket_replication_configuration.this : copy.rule[0].destination[0].replication_time[0].time[0].minutes == 15 && copy.rule[0].destination[0].encryption_configuration[0].replica_kms_key_id == (copy.region == "eu-west-1" ? var.kms_key_arn : var.replica.kms_key_arn) && copy.rule[0].delete_marker_replication[0].status == "Disabled"])
    error_message = "A copy may take longer than 15 minutes, isn't encrypted with its side's key, or a deletion is copied."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.replication["audit/eu-central-1/late"].threshold == 900 && aws_cloudwatch_metric_alarm.replication["audit/eu-central-1/late"].region == "eu-west-1" && aws_cloudwatch_metric_alarm.replication["audit/eu-central-1/late"].alarm_actions == toset([var.replica.alarm_topic_arn]) && aws_cloudwatch_metric_alarm.replication["audit/eu-central-1/failed"].metric_name == "OperationsFailedReplication" && aws_cloudwatch_metric_alarm.replication["audit/eu-central-1/failed"].region == "eu-central-1" && length(aws_cloudwatch_metric_alarm.replication) == 16
    error_message = "A late copy has no alarm where it should arrive, or a failed one none where it came from."
  }

  assert {
    condition     = !anytrue(flatten([for document in data.aws_iam_policy_document.replication : [for s in jsondecode(document.json).Statement : contains(flatten([s.Resource]), "*")]]))
    error_message = "A copying role reaches more than its two buckets and keys."
  }
}

run "only_what_is_asked_for" {
  command = plan

  variables {
    buckets = ["artifacts"]
  }

  assert {
    condition     = keys(aws_s3_bucket.this) == ["artifacts/eu-central-1"]
    error_message = "Another bucket is made."
  }
}
