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
    region          = "eu-central-1a"
    kms_key_arn     = "arn:aws:kms:eu-central-1a:123456789012:key/mrk-11111111222233334444555555555555"
    alarm_topic_arn = "arn:aws:sns:eu-central-1a:123456789012:orderflow-prod-alarms"
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

run "refuses_an_unknown_bucket" {
  command = plan
  variables {
    buckets = ["everything"]
  }
  expect_failures = [var.buckets]
}

run "refuses_a_replica_beside_its_bucket" {
  command = plan
  variables {
    replica = {
      region          = "eu-central-1"
      kms_key_arn     = "arn:aws:kms:eu-central-1:123456789012:key/mrk-11111111222233334444555555555555"
      alarm_topic_arn = "arn:aws:sns:eu-central-1:123456789012:orderflow-prod-alarms"
    }
  }
  expect_failures = [var.replica]
}

run "refuses_a_replica_without_a_key_there" {
  command = plan
  variables {
    replica = {
      region          = "eu-west-1"
      kms_key_arn     = "arn:aws:kms:eu-central-1:123456789012:key/mrk-11111111222233334444555555555555"
      alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
    }
  }
  expect_failures = [var.replica]
}

run "refuses_a_replica_that_alarms_elsewhere" {
  command = plan
  variables {
    replica = {
      region          = "eu-west-1"
      kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/mrk-11111111222233334444555555555555"
      alarm_topic_arn = "arn:aws:sns:eu-central-1:123456789012:orderflow-prod-alarms"
    }
  }
  expect_failures = [var.replica]
}

run "refuses_statements_across_the_ocean" {
  command = plan
  variables {
    replica = {
      region          = "us-east-1"
      kms_key_arn     = "arn:aws:kms:us-east-1:123456789012:key/mrk-11111111222233334444555555555555"
      alarm_topic_arn = "arn:aws:sns:us-east-1:123456789012:orderflow-prod-alarms"
    }
  }
  expect_failures = [var.replica]
}

run "refuses_an_arn_as_log_bucket" {
  command = plan
  variables {
    access_logs = { bucket = "arn:aws:s3:::logs" }
  }
  expect_failures = [var.access_logs]
}

run "refuses_a_lock_of_a_week" {
  command = plan
  variables {
    statements_lock_days = 7
  }
  expect_failures = [var.statements_lock_days]
}

run "refuses_snapshots_of_a_day" {
  command = plan
  variables {
    snapshot_days = 1
  }
  expect_failures = [var.snapshot_days]
}
