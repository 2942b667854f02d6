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

run "refuses_a_name_that_overflows_a_bucket" {
  command = plan
  variables {
    name = "orderflow-production-environment"
  }
  expect_failures = [var.name]
}

run "refuses_a_zone_as_region" {
  command = plan
  variables {
    region          = "eu-west-1a"
    kms_key_arn     = "arn:aws:kms:eu-west-1a:123456789012:key/11111111-2222-3333-4444-555555555555"
    alarm_topic_arn = "arn:aws:sns:eu-west-1a:123456789012:orderflow-prod-alarms"
  }
  expect_failures = [var.region]
}

run "refuses_a_short_account_id" {
  command = plan
  variables {
    account_id = "123"
  }
  expect_failures = [var.account_id]
}

run "refuses_an_unknown_environment" {
  command = plan
  variables {
    environment = "test"
  }
  expect_failures = [var.environment]
}

run "refuses_a_key_of_another_region" {
  command = plan
  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }
  expect_failures = [var.kms_key_arn]
}

run "refuses_a_topic_of_another_region" {
  command = plan
  variables {
    alarm_topic_arn = "arn:aws:sns:us-east-1:123456789012:orderflow-prod-alarms"
  }
  expect_failures = [var.alarm_topic_arn]
}

run "refuses_a_retention_that_logs_do_not_take" {
  command = plan
  variables {
    log_retention_days = 1000
  }
  expect_failures = [var.log_retention_days]
}

run "refuses_a_month_of_logs_in_prod" {
  command = plan
  variables {
    log_retention_days = 30
  }
  expect_failures = [var.log_retention_days]
}

run "refuses_a_log_group_without_a_slash" {
  command = plan
  variables {
    log_groups = { order-router = null }
  }
  expect_failures = [var.log_groups]
}

run "refuses_a_group_retention_that_logs_do_not_take" {
  command = plan
  variables {
    log_groups = { "/orderflow/prod/order-router" = 1000 }
  }
  expect_failures = [var.log_groups]
}

run "refuses_a_group_of_a_month_in_prod" {
  command = plan
  variables {
    log_groups = { "/orderflow/prod/order-router" = 30 }
  }
  expect_failures = [var.log_groups]
}

run "refuses_a_lock_that_outlives_its_object" {
  command = plan
  variables {
    archive = { lock_days = 3000 }
  }
  expect_failures = [var.archive]
}

run "refuses_glacier_before_infrequent_access" {
  command = plan
  variables {
    archive = { infrequent_days = 180, glacier_days = 180 }
  }
  expect_failures = [var.archive]
}
