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
  log_groups      = { "/orderflow/prod/order-router" = null, "/orderflow/prod/dr-audit" = 2557 }
}

run "the_archive_can_not_be_changed" {
  command = plan

  assert {
    condition     = aws_s3_bucket.this["log-archive"].object_lock_enabled && aws_s3_bucket_object_lock_configuration.archive.rule[0].default_retention[0].mode == "COMPLIANCE" && aws_s3_bucket_object_lock_configuration.archive.rule[0].default_retention[0].days == 365
    error_message = "The archive isn't locked for a year in compliance mode."
  }

  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.bucket["log-archive"].json).Statement : s.Effect == "Deny" && contains(flatten([s.Action]), "s3:DeleteObjectVersion") && try(s.Condition.ArnNotEquals["aws:PrincipalArn"], "") == "arn:aws:iam::123456789012:role/orderflow-prod-log-archive-eu-west-1"])
    error_message = "Somebody other than the copying role may write or delete there."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this["log-archive"].rule).apply_server_side_encryption_by_default).kms_master_key_id == var.kms_key_arn
    error_message = "It isn't encrypted with the key that was given."
  }

  assert {
    condition     = toset([for transition in aws_s3_bucket_lifecycle_configuration.this["log-archive"].rule[0].transition : "${transition.storage_class}/${transition.days}"]) == toset(["STANDARD_IA/90", "GLACIER/180"]) && one(aws_s3_bucket_lifecycle_configuration.this["log-archive"].rule[0].expiration).days == 2555
    error_message = "Records don't move to cheaper storage, or end before seven years."
  }

  assert {
    condition     = alltrue([for block in aws_s3_bucket_public_access_block.this : block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets]) && alltrue([for versioning in aws_s3_bucket_versioning.this : versioning.versioning_configuration[0].status == "Enabled"]) && alltrue([for bucket in aws_s3_bucket.this : !bucket.force_destroy])
    error_message = "A bucket may become public, isn't versioned, or may be emptied on destroy."
  }

  assert {
    condition     = alltrue([for document in data.aws_iam_policy_document.bucket : anytrue([for s in jsondecode(document.json).Statement : s.Effect == "Deny" && s.Action == "s3:*" && try(s.Condition.Bool["aws:SecureTransport"], "") == "false"])])
    error_message = "A bucket takes plain HTTP."
  }
}

run "load_balancers_can_write" {
  command = plan

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this["access-logs"].rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256" && !aws_s3_bucket.this["access-logs"].object_lock_enabled
    error_message = "The bucket has a KMS key, which load balancers can't use."
  }

  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.bucket["access-logs"].json).Statement : s.Principal.Service == "logdelivery.elasticloadbalancing.amazonaws.com" && s.Condition.StringEquals["aws:SourceAccount"] == "123456789012" if s.Sid == "LoadBalancersWrite"])
    error_message = "Load balancers may not write, or another account's may."
  }

  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.bucket["access-logs"].json).Statement : s.Principal.Service == "logging.s3.amazonaws.com" && s.Condition.ArnLike["aws:SourceArn"] == "arn:aws:s3:::orderflow-prod-*" if s.Sid == "S3Writes"])
    error_message = "S3 may not write access logs, or for another product."
  }
}

run "every_log_is_copied" {
  command = plan

  assert {
    condition     = aws_s3_bucket_replication_configuration.archive.rule[0].destination[0].encryption_configuration[0].replica_kms_key_id == var.kms_key_arn && aws_s3_bucket_replication_configuration.archive.rule[0].destination[0].replication_time[0].time[0].minutes == 15
    error_message = "The copy isn't encrypted with the key, or may take longer than 15 minutes."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.copy["late"].metric_name == "ReplicationLatency" && aws_cloudwatch_metric_alarm.copy["failed"].metric_name == "OperationsFailedReplication" && alltrue([for alarm in aws_cloudwatch_metric_alarm.copy : alarm.alarm_actions == toset([var.alarm_topic_arn])])
    error_message = "A late or failed copy has no alarm."
  }

  assert {
    condition     = !strcontains(data.aws_iam_policy_document.copy.json, "Delete")
    error_message = "The role may delete copies."
  }
}

run "service_logs_are_kept_and_encrypted" {
  command = plan

  assert {
    condition     = alltrue([for group in aws_cloudwatch_log_group.service : group.kms_key_id == var.kms_key_arn && group.deletion_protection_enabled]) && aws_cloudwatch_log_group.service["/orderflow/prod/order-router"].retention_in_days == 365 && aws_cloudwatch_log_group.service["/orderflow/prod/dr-audit"].retention_in_days == 2557
    error_message = "A log group isn't encrypted, protected, or kept as long as was asked."
  }

  assert {
    condition     = output.log_group_arns["/orderflow/prod/dr-audit"] == "arn:aws:logs:eu-west-1:123456789012:log-group:/orderflow/prod/dr-audit"
    error_message = "The group's ARN isn't what policies name."
  }
}

run "dev_can_be_cleared" {
  command = plan

  variables {
    environment = "dev"
  }

  assert {
    condition     = aws_s3_bucket_object_lock_configuration.archive.rule[0].default_retention[0].mode == "GOVERNANCE" && aws_s3_bucket_object_lock_configuration.archive.rule[0].default_retention[0].days == 1
    error_message = "A dev lock is longer than a day, or can't be bypassed."
  }
}
