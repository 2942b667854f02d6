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
  replicated       = true
  initial_password = "only-for-the-first-minute-of-its-life"
  credentials = {
    mode     = "lambda"
    function = { bucket = "orderflow-prod-eu-west-1-123456789012-artifacts", key = "secret-rotation.zip", version = "abc" }
    copies   = { eu-central-1 = "arn:aws:kms:eu-central-1:123456789012:key/22222222-2222-3333-4444-555555555555" }
  }
}

run "passwords_change_every_month" {
  command = plan

  assert {
    condition     = toset(keys(aws_secretsmanager_secret_rotation.this)) == toset(["master", "application"]) && alltrue([for rotation in aws_secretsmanager_secret_rotation.this : rotation.rotation_rules[0].automatically_after_days == 30 && rotation.rotate_immediately])
    error_message = "A secret isn't rotated after 30 days, or not at once for the first time."
  }

  assert {
    condition     = aws_db_instance.this["this"].manage_master_user_password == null && aws_db_instance.this["this"].password_wo_version == 1
    error_message = "RDS manages the password although the instance has a replica."
  }

  assert {
    condition     = aws_lambda_function.rotation["this"].s3_object_version == "abc" && aws_lambda_function.rotation["this"].s3_key == "secret-rotation.zip" && aws_lambda_function.rotation["this"].runtime == "provided.al2023"
    error_message = "The function isn't the versioned object that was given."
  }

  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.this : secret.kms_key_id == var.kms_key_arn && secret.recovery_window_in_days == 30])
    error_message = "A secret isn't encrypted with the key that was given, or is gone sooner than in 30 days."
  }

  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.this : one(secret.replica).region == "eu-central-1"])
    error_message = "The standby can't log in."
  }

  assert {
    condition     = alltrue([for version in aws_secretsmanager_secret_version.first : contains(version.version_stages, "first") && version.secret_string_wo_version == 1])
    error_message = "The first value would be written a second time when it is out of use."
  }

  assert {
    condition     = alltrue([for document in data.aws_iam_policy_document.secret : jsondecode(document.json).Statement[0].Effect == "Deny" && jsondecode(document.json).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"]) && alltrue([for policy in aws_secretsmanager_secret_policy.this : policy.block_public_policy])
    error_message = "A secret can be read without TLS, or be made public."
  }
}

run "the_function_reaches_little" {
  command = plan

  assert {
    condition     = aws_lambda_function.rotation["this"].vpc_config[0].subnet_ids == toset(["subnet-0000000000000000a", "subnet-0000000000000000b"]) && toset([for rule in aws_vpc_security_group_egress_rule.rotation : rule.from_port]) == toset([5432, 443]) && aws_vpc_security_group_egress_rule.rotation["endpoints"].referenced_security_group_id == "sg-0123456789abcdef0"
    error_message = "It lies outside the VPC, or can reach more than the database and the endpoints."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.rotation["this"].from_port == 5432
    error_message = "The database doesn't admit it."
  }

  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.rotation.json).Statement : s.Sid == "OwnSecrets" && toset(flatten([s.Resource])) == toset(["arn:aws:secretsmanager:eu-west-1:123456789012:secret:orderflow-prod-reconciler/master-??????", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orderflow-prod-reconciler/application-??????"])])
    error_message = "It may read other secrets."
  }

  assert {
    condition     = alltrue([for s in jsondecode(data.aws_iam_policy_document.rotation.json).Statement : s.Resource != "*" || s.Sid == "WithoutResource"])
    error_message = "A wildcard resource stands where AWS has one to name."
  }

  assert {
    condition     = aws_lambda_permission.rotation["this"].principal == "secretsmanager.amazonaws.com" && aws_lambda_permission.rotation["this"].source_account == "123456789012"
    error_message = "Another account's secrets can call it."
  }

  assert {
    condition     = aws_lambda_function.rotation["this"].kms_key_arn == var.kms_key_arn && aws_lambda_function.rotation["this"].tracing_config[0].mode == "Active"
    error_message = "Its environment isn't encrypted with the key, or it can't be traced."
  }
}

run "the_function_is_told_its_own_database" {
  command = plan

  assert {
    condition     = jsondecode(aws_lambda_function.rotation["this"].environment[0].variables["CONFIG"]) == output.rotation_settings && output.rotation_settings.secret_prefix == "orderflow-prod-reconciler/" && output.rotation_settings.secrets_manager_endpoint == "https://secretsmanager.eu-west-1.amazonaws.com"
    error_message = "It would look for another database's secrets, or in another Region."
  }

  assert {
    condition     = aws_lambda_function.rotation["this"].environment[0].variables["SSL_CERT_FILE"] == output.rotation_settings.ca_file
    error_message = "It would trust authorities that aren't the database's, so the function refuses to start."
  }
}

run "a_failed_rotation_is_noticed" {
  command = plan

  assert {
    condition     = alltrue([for alarm, metric in { errors = "Errors", duration = "Duration", throttles = "Throttles" } : aws_cloudwatch_metric_alarm.rotation[alarm].metric_name == metric && aws_cloudwatch_metric_alarm.rotation[alarm].alarm_actions == toset([var.alarm_topic_arn])])
    error_message = "Errors, slowness or a given-up rotation go unnoticed."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.rotation["this"].event_pattern).detail.eventName == ["RotationFailed", "RotationAbandoned"] && aws_cloudwatch_event_target.rotation["this"].arn == var.alarm_topic_arn
    error_message = "The event of a failed rotation isn't the one that Secrets Manager sends."
  }
}

run "mysql_rotates_as_well" {
  command = plan

  variables {
    engine = { name = "mysql", version = "8.0.42" }
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.rotation["database"].from_port == 3306 && aws_vpc_security_group_ingress_rule.rotation["this"].to_port == 3306
    error_message = "The function can't reach MySQL."
  }
}
