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

run "refuses_a_name_with_capitals" {
  command = plan
  variables {
    name = "Orderflow"
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

run "refuses_everything_as_a_resource" {
  command = plan
  variables {
    resources = { tables = "arn:aws:dynamodb:eu-west-1:123456789012:table/*" }
  }
  expect_failures = [var.resources]
}

run "refuses_a_schedule_in_words" {
  command = plan
  variables {
    environment = "dev"
    rules       = { daily = { schedule = "every night", delete_after = 30 } }
  }
  expect_failures = [var.rules]
}

run "refuses_a_day_backup_in_cold_storage" {
  command = plan
  variables {
    environment = "dev"
    rules       = { daily = { schedule = "cron(0 3 * * ? *)", delete_after = 30, cold_after = 7 } }
  }
  expect_failures = [var.rules]
}

run "refuses_a_backup_of_a_day" {
  command = plan
  variables {
    environment = "dev"
    lock        = null
    rules       = { daily = { schedule = "cron(0 3 * * ? *)", delete_after = 1 } }
  }
  expect_failures = [var.rules]
}

run "refuses_prod_without_a_monthly_backup" {
  command = plan
  variables {
    rules = { daily = { schedule = "cron(0 3 * * ? *)", delete_after = 30 }, weekly = { schedule = "cron(0 4 ? * SUN *)", delete_after = 90 } }
  }
  expect_failures = [var.rules]
}

run "refuses_an_open_vault_in_prod" {
  command = plan
  variables {
    lock = null
  }
  expect_failures = [var.lock]
}

run "refuses_a_lock_that_refuses_a_rule" {
  command = plan
  variables {
    lock = { max_days = 180 }
  }
  expect_failures = [var.lock]
}

run "refuses_a_lock_without_reflection" {
  command = plan
  variables {
    lock = { changeable_days = 1 }
  }
  expect_failures = [var.lock]
}

run "refuses_a_vault_by_its_name" {
  command = plan
  variables {
    copy_to = ["orderflow-prod"]
  }
  expect_failures = [var.copy_to]
}

run "refuses_a_copy_beside_its_original" {
  command = plan
  variables {
    copy_to = ["arn:aws:backup:eu-west-1:123456789012:backup-vault:other"]
  }
  expect_failures = [var.copy_to]
}

run "refuses_prod_without_a_copy" {
  command = plan
  variables {
    copy_to = []
  }
  expect_failures = [var.copy_to]
}

run "refuses_an_account_by_its_name" {
  command = plan
  variables {
    accept_from = ["archive"]
  }
  expect_failures = [var.accept_from]
}

run "refuses_to_restore_an_unknown_type" {
  command = plan
  variables {
    restore_tests = { types = { Tape = {} } }
  }
  expect_failures = [var.restore_tests]
}

run "refuses_prod_that_never_restores" {
  command = plan
  variables {
    restore_tests = null
  }
  expect_failures = [var.restore_tests]
}
