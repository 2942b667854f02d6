provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name       = "orderflow"
  region     = "eu-west-2"
  account_id = "123456789012"
  trusted = {
    plan  = ["arn:aws:iam::123456789012:role/orderflow-github-plan"]
    apply = ["arn:aws:iam::123456789012:role/orderflow-github-apply"]
    read  = ["arn:aws:iam::123456789012:role/orderflow-auditor"]
  }
}

run "bucket_keeps_and_guards_state" {
  command = plan

  assert {
    condition     = aws_s3_bucket.state.bucket == "orderflow-eu-west-2-123456789012-state" && aws_s3_bucket.state.region == "eu-west-2"
    error_message = "The bucket's name or Region doesn't follow the Region that it serves."
  }

  assert {
    condition     = !aws_s3_bucket.state.force_destroy && aws_s3_bucket_versioning.state.versioning_configuration[0].status == "Enabled"
    error_message = "State can be lost: the bucket isn't versioned, or may be emptied on destroy."
  }

  assert {
    condition     = aws_s3_bucket_public_access_block.state.block_public_acls && aws_s3_bucket_public_access_block.state.block_public_policy && aws_s3_bucket_public_access_block.state.ignore_public_acls && aws_s3_bucket_public_access_block.state.restrict_public_buckets
    error_message = "The state bucket doesn't block public access."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.state.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    error_message = "State isn't encrypted with the Region's key."
  }

  assert {
    condition     = aws_kms_key.state.enable_key_rotation && aws_kms_key.state.deletion_window_in_days == 30 && !aws_kms_key.state.multi_region
    error_message = "The state key must rotate, wait 30 days before deletion and stay in its Region."
  }

  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.state.rule[0].noncurrent_version_expiration).noncurrent_days == 365
    error_message = "Old state versions aren't kept for a year."
  }
}

run "bucket_refuses_requests_without_tls" {
  command = plan

  assert {
    condition = anytrue([for s in jsondecode(data.aws_iam_policy_document.bucket.json).Statement :
      s.Effect == "Deny" && s.Action == "s3:*" && try(s.Condition.Bool["aws:SecureTransport"], "") == "false" && length(s.Resource) == 2
    ])
    error_message = "The bucket policy lets plain HTTP through."
  }

  assert {
    condition = alltrue([for s in jsondecode(data.aws_iam_policy_document.bucket.json).Statement : s.Effect == "Deny"
    ])
    error_message = "The bucket policy grants something; access comes from the three roles only."
  }
}

run "account_is_never_locked_out_of_its_key" {
  command = plan

  assert {
    condition = anytrue([for s in jsondecode(data.aws_iam_policy_document.key.json).Statement :
      s.Effect == "Allow" && s.Action == "kms:*" && s.Principal.AWS == "arn:aws:iam::123456789012:root"
    ])
    error_message = "The account can't administer the state key."
  }
}

run "plan_locks_but_never_writes_state" {
  command = plan

  assert {
    condition = alltrue([for s in jsondecode(data.aws_iam_policy_document.access["plan"].json).Statement :
      s.Resource == "arn:aws:s3:::orderflow-eu-west-2-123456789012-state/*.tfstate.tflock" if contains(flatten([s.Action]), "s3:PutObject")
    ])
    error_message = "The plan role can write something other than a lock file."
  }

  assert {
    condition     = !anytrue([for s in jsondecode(data.aws_iam_policy_document.access["read"].json).Statement : length(regexall("Put|Delete|Generate", jsonencode(s.Action))) > 0])
    error_message = "The read role can write."
  }

  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.access["apply"].json).Statement : s.Sid == "WriteState" && s.Resource == "arn:aws:s3:::orderflow-eu-west-2-123456789012-state/*.tfstate"])
    error_message = "The apply role can't write state."
  }

  assert {
    condition     = !anytrue(flatten([for role in ["plan", "apply", "read"] : [for s in jsondecode(data.aws_iam_policy_document.access[role].json).Statement : contains(flatten([s.Resource]), "*") || length(regexall("\\*", jsonencode(s.Action))) > 0]]))
    error_message = "A role's policy has a wildcard action or resource."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.trust["apply"].json).Statement[0].Condition.ArnEquals["aws:PrincipalArn"] == "arn:aws:iam::123456789012:role/orderflow-github-apply"
    error_message = "Somebody else than the deploy role may assume apply."
  }

  assert {
    condition     = output.role_arns.plan == "arn:aws:iam::123456789012:role/orderflow-state-plan-eu-west-2"
    error_message = "The role's ARN in the output isn't the one that the role has."
  }
}

run "lock_file_alone_by_default" {
  command = plan

  assert {
    condition     = length(aws_dynamodb_table.lock) == 0 && output.backend.use_lockfile && output.backend.dynamodb_table == null
    error_message = "Without being asked for, a lock table exists or the lock file is off."
  }

  assert {
    condition     = length(aws_s3_bucket_logging.state) == 0
    error_message = "Access logs are written although no bucket was given."
  }
}

run "lock_table_is_protected" {
  command = plan

  variables {
    lock_mechanism    = "s3+dynamodb"
    access_log_bucket = "orderflow-eu-west-2-123456789012-access-logs"
  }

  assert {
    condition     = aws_dynamodb_table.lock[0].deletion_protection_enabled && aws_dynamodb_table.lock[0].server_side_encryption[0].enabled
    error_message = "The lock table lacks deletion protection or encryption."
  }

  assert {
    condition     = aws_dynamodb_table.lock[0].hash_key == "LockID" && output.backend.dynamodb_table == aws_dynamodb_table.lock[0].name && output.backend.use_lockfile
    error_message = "The lock table isn't the one that Terraform looks for, or the lock file was given up for it."
  }

  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.access["plan"].json).Statement : s.Sid == "TakeLockRow" && s.Resource == "arn:aws:dynamodb:eu-west-2:123456789012:table/orderflow-state-lock"])
    error_message = "The plan role can't take the lock row."
  }

  assert {
    condition     = aws_s3_bucket_logging.state[0].target_bucket == "orderflow-eu-west-2-123456789012-access-logs"
    error_message = "Access logs don't go to the bucket that was given."
  }
}

run "lock_rows_can_be_brought_back" {
  command = plan

  variables {
    lock_mechanism = "s3+dynamodb"
  }

  assert {
    condition     = aws_dynamodb_table.lock[0].point_in_time_recovery[0].enabled
    error_message = "The lock table has no point-in-time recovery."
  }
}
