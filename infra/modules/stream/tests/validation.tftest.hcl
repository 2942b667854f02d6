provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod-orders"
  region          = "eu-west-1"
  account_id      = "123456789012"
  environment     = "prod"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
}

run "refuses_a_name_with_capitals" {
  command = plan

  variables {
    name = "Orders"
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

run "refuses_half_a_shard" {
  command = plan

  variables {
    shards = 10.5
  }

  expect_failures = [var.shards]
}

run "refuses_too_few_shards_for_the_rate" {
  command = plan

  variables {
    shards = 9
  }

  expect_failures = [var.shards]
}

run "refuses_too_few_shards_for_the_bytes" {
  command = plan

  variables {
    expected = { bytes_per_second = 10500000 }
  }

  expect_failures = [var.shards]
}

run "refuses_a_rate_of_nothing" {
  command = plan

  variables {
    expected = { records_per_second = 0 }
  }

  expect_failures = [var.expected]
}

run "refuses_two_weeks_of_retention" {
  command = plan

  variables {
    retention_hours = 336
  }

  expect_failures = [var.retention_hours]
}

run "refuses_a_day_of_retention_in_prod" {
  command = plan

  variables {
    retention_hours = 24
  }

  expect_failures = [var.retention_hours]
}

run "refuses_a_consumer_with_a_space" {
  command = plan

  variables {
    consumers = ["order router"]
  }

  expect_failures = [var.consumers]
}

run "refuses_a_lag_that_polling_trips" {
  command = plan

  variables {
    max_lag_ms = 100
  }

  expect_failures = [var.max_lag_ms]
}
