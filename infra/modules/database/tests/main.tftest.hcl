provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod-reconciler"
  region          = "eu-west-1"
  account_id      = "123456789012"
  environment     = "prod"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  instance        = { class = "db.m7g.large" }
  network = {
    vpc_id                     = "vpc-0123456789abcdef0"
    subnet_ids                 = { euw1-az1 = "subnet-0000000000000001a", euw1-az2 = "subnet-0000000000000001b" }
    rotation_subnet_ids        = { euw1-az1 = "subnet-0000000000000000a", euw1-az2 = "subnet-0000000000000000b" }
    endpoint_security_group_id = "sg-0123456789abcdef0"
  }
}

run "prod_can_not_lose_its_cases" {
  command = plan

  assert {
    condition     = aws_db_instance.this["this"].deletion_protection && !aws_db_instance.this["this"].skip_final_snapshot && !aws_db_instance.this["this"].delete_automated_backups
    error_message = "The instance may be deleted, or leaves nothing behind."
  }

  assert {
    condition     = aws_db_instance.this["this"].backup_retention_period == 35 && aws_db_instance.this["this"].multi_az
    error_message = "It can't be restored to any second of 35 days, or runs in one zone."
  }

  assert {
    condition     = aws_db_instance.this["this"].storage_encrypted && aws_db_instance.this["this"].kms_key_id == var.kms_key_arn && aws_db_instance.this["this"].performance_insights_kms_key_id == var.kms_key_arn
    error_message = "Its storage or figures aren't encrypted with the key that was given."
  }

  assert {
    condition     = !aws_db_instance.this["this"].publicly_accessible
    error_message = "It can be reached from outside."
  }

  assert {
    condition     = aws_db_instance.this["this"].monitoring_interval == 60 && aws_db_instance.this["this"].performance_insights_enabled && aws_db_instance.this["this"].enabled_cloudwatch_logs_exports == toset(["postgresql", "upgrade"])
    error_message = "Nobody sees what it does."
  }

  assert {
    condition     = alltrue([for group in aws_cloudwatch_log_group.this : group.retention_in_days == 365 && group.kms_key_id == var.kms_key_arn])
    error_message = "Its logs aren't kept for a year, encrypted."
  }

  assert {
    condition     = !aws_db_instance.this["this"].allow_major_version_upgrade && aws_db_instance.this["this"].auto_minor_version_upgrade
    error_message = "A major upgrade may happen by itself."
  }
}

run "postgres_refuses_plain_connections" {
  command = plan

  assert {
    condition     = anytrue([for parameter in aws_db_parameter_group.this.parameter : parameter.name == "rds.force_ssl" && parameter.value == "1"]) && aws_db_parameter_group.this.family == "postgres17" && output.port == 5432
    error_message = "rds.force_ssl isn't on."
  }
}

run "mysql_refuses_plain_connections" {
  command = plan

  variables {
    engine = { name = "mysql", version = "8.4.5" }
  }

  assert {
    condition     = anytrue([for parameter in aws_db_parameter_group.this.parameter : parameter.name == "require_secure_transport" && parameter.value == "1"]) && aws_db_parameter_group.this.family == "mysql8.4" && output.port == 3306
    error_message = "require_secure_transport isn't on."
  }

  assert {
    condition     = aws_db_instance.this["this"].enabled_cloudwatch_logs_exports == toset(["error", "slowquery"])
    error_message = "Its logs are PostgreSQL's."
  }
}

run "rds_manages_the_password_of_a_single_instance" {
  command = plan

  assert {
    condition     = aws_db_instance.this["this"].manage_master_user_password && aws_db_instance.this["this"].master_user_secret_kms_key_id == var.kms_key_arn
    error_message = "RDS doesn't manage the password with the key that was given."
  }

  assert {
    condition     = length(aws_lambda_function.rotation) + length(aws_secretsmanager_secret.this) + length(aws_cloudwatch_metric_alarm.rotation) == 0 && output.rotation_function_name == null
    error_message = "A rotation of our own exists beside it."
  }
}

run "trouble_is_noticed" {
  command = plan

  assert {
    condition     = alltrue([for alarm, metric in { cpu = "CPUUtilization", storage = "FreeStorageSpace", memory = "FreeableMemory", connections = "DatabaseConnections", writes = "WriteLatency", reads = "ReadLatency" } : aws_cloudwatch_metric_alarm.database[alarm].metric_name == metric && aws_cloudwatch_metric_alarm.database[alarm].dimensions.DBInstanceIdentifier == "orderflow-prod-reconciler"])
    error_message = "A limit has no alarm."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.database["storage"].comparison_operator == "LessThanThreshold" && aws_cloudwatch_metric_alarm.database["storage"].threshold == 10737418240
    error_message = "Storage that runs out isn't an alarm below a threshold."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.database : alarm.alarm_actions == toset([var.alarm_topic_arn]) && alarm.treat_missing_data == "breaching"])
    error_message = "An alarm tells nobody, or is silent when the database is gone."
  }

  assert {
    condition     = contains(aws_db_event_subscription.this.event_categories, "failover") && aws_db_event_subscription.this.sns_topic == var.alarm_topic_arn
    error_message = "A failover isn't announced."
  }
}

run "a_replica_follows_its_source" {
  command = plan

  variables {
    replica_of  = "arn:aws:rds:eu-central-1:123456789012:db:orderflow-prod-reconciler"
    credentials = null
  }

  assert {
    condition     = aws_db_instance.replica["this"].replicate_source_db == var.replica_of && length(aws_db_instance.this) == 0
    error_message = "It isn't the replica of the instance that was named."
  }

  assert {
    condition     = aws_db_instance.replica["this"].storage_encrypted && aws_db_instance.replica["this"].kms_key_id == var.kms_key_arn && aws_db_instance.replica["this"].deletion_protection && aws_db_instance.replica["this"].backup_retention_period == 35 && !aws_db_instance.replica["this"].publicly_accessible
    error_message = "It isn't encrypted with its own Region's key, may be deleted, or can't be restored once promoted."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.database["replica-lag"].metric_name == "ReplicaLag" && aws_cloudwatch_metric_alarm.database["replica-lag"].threshold == 300
    error_message = "Its lag has no alarm."
  }

  assert {
    condition     = length(aws_secretsmanager_secret.this) == 0 && output.secret_arn == null
    error_message = "It has passwords of its own."
  }
}

run "dev_may_be_taken_down" {
  command = plan

  variables {
    environment = "dev"
    instance    = { class = "db.t4g.micro", storage_gb = 20, multi_az = false }
    protection  = { deletion_protection = false }
  }

  assert {
    condition     = !aws_db_instance.this["this"].deletion_protection && aws_db_instance.this["this"].skip_final_snapshot && aws_db_instance.this["this"].backup_retention_period == 7
    error_message = "A dev database can't be taken down."
  }
}
