provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod-secret-rotation"
  region          = "eu-west-1"
  account_id      = "123456789012"
  description     = "Rotates database passwords"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  code            = { bucket = "orderflow-prod-eu-west-1-123456789012-artifacts", key = "lambda/secret-rotation.zip", object_version = "3sL4kqtJlcpXroDTDmJ" }
  policies        = { work = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  callers         = { secrets = { principal = "secretsmanager.amazonaws.com", source_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orderflow-prod/reconciler/database-*" } }

  network = {
    subnet_ids         = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1", euw1-az2 = "subnet-0aaaaaaaaaaaaaaa2" }
    security_group_ids = ["sg-0123456789abcdef0"]
  }
}

run "name_with_capitals_is_refused" {
  command = plan

  variables {
    name = "Rotation"
  }

  expect_failures = [var.name]
}

run "region_that_is_none_is_refused" {
  command = plan

  variables {
    region = "Ireland"
  }

  expect_failures = [var.region]
}

run "short_account_is_refused" {
  command = plan

  variables {
    account_id = "1234"
  }

  expect_failures = [var.account_id]
}

run "key_by_alias_is_refused" {
  command = plan

  variables {
    kms_key_arn = "alias/lambda"
  }

  expect_failures = [var.kms_key_arn]
}

run "topic_by_name_is_refused" {
  command = plan

  variables {
    alarm_topic_arn = "alarms"
  }

  expect_failures = [var.alarm_topic_arn]
}

run "retention_that_logs_refuse_is_refused" {
  command = plan

  variables {
    log_retention_days = 100
  }

  expect_failures = [var.log_retention_days]
}

run "no_description_is_refused" {
  command = plan

  variables {
    description = ""
  }

  expect_failures = [var.description]
}

run "code_that_is_no_archive_is_refused" {
  command = plan

  variables {
    code = merge(var.code, { key = "bootstrap" })
  }

  expect_failures = [var.code]
}

run "code_without_a_version_is_refused" {
  command = plan

  variables {
    code = merge(var.code, { object_version = "" })
  }

  expect_failures = [var.code]
}

run "signing_by_name_is_refused" {
  command = plan

  variables {
    code = merge(var.code, { signing_config_arn = "signing" })
  }

  expect_failures = [var.code]
}

run "too_little_memory_is_refused" {
  command = plan

  variables {
    limits = { memory_mib = 64 }
  }

  expect_failures = [var.limits]
}

run "an_hour_is_refused" {
  command = plan

  variables {
    limits = { timeout_seconds = 3600 }
  }

  expect_failures = [var.limits]
}

run "stopped_function_is_refused" {
  command = plan

  variables {
    limits = { concurrency = 0 }
  }

  expect_failures = [var.limits]
}

run "ten_retries_are_refused" {
  command = plan

  variables {
    limits = { retries = 10 }
  }

  expect_failures = [var.limits]
}

run "setting_of_aws_is_refused" {
  command = plan

  variables {
    environment_variables = { AWS_REGION = "eu-west-1" }
  }

  expect_failures = [var.environment_variables]
}

run "password_as_setting_is_refused" {
  command = plan

  variables {
    environment_variables = { DB_PASSWORD = "x" }
  }

  expect_failures = [var.environment_variables]
}

run "policy_that_is_none_is_refused" {
  command = plan

  variables {
    policies = { work = "allow" }
  }

  expect_failures = [var.policies]
}

run "policy_over_the_own_one_is_refused" {
  command = plan

  variables {
    policies = { base = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  expect_failures = [var.policies]
}

run "one_zone_is_refused" {
  command = plan

  variables {
    network = { subnet_ids = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1" }, security_group_ids = ["sg-0123456789abcdef0"] }
  }

  expect_failures = [var.network]
}

run "caller_for_everything_is_refused" {
  command = plan

  variables {
    callers = { a = { principal = "events.amazonaws.com", source_arn = "arn:aws:events:eu-west-1:123456789012:*" } }
  }

  expect_failures = [var.callers]
}
