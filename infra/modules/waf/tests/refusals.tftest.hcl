provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod-api"
  region          = "eu-west-1"
  account_id      = "123456789012"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  associations    = { api = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/orderflow-prod-api/0123456789abcdef" }
}

run "name_with_capitals_is_refused" {
  command = plan

  variables {
    name = "OrderFlow"
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
    kms_key_arn = "alias/logs"
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

run "bucket_as_association_is_refused" {
  command = plan

  variables {
    associations = { a = "arn:aws:s3:::bucket" }
  }

  expect_failures = [var.associations]
}

run "tiny_rate_is_refused" {
  command = plan

  variables {
    rate = { requests = 1 }
  }

  expect_failures = [var.rate]
}

run "odd_window_is_refused" {
  command = plan

  variables {
    rate = { window_seconds = 90 }
  }

  expect_failures = [var.rate]
}

run "everybody_allowed_is_refused" {
  command = plan

  variables {
    lists = { allowed_cidrs = ["0.0.0.0/0"] }
  }

  expect_failures = [var.lists]
}

run "range_allowed_and_blocked_is_refused" {
  command = plan

  variables {
    lists = { allowed_cidrs = ["192.0.2.0/24"], blocked_cidrs = ["192.0.2.0/24"] }
  }

  expect_failures = [var.lists]
}

run "country_by_name_is_refused" {
  command = plan

  variables {
    lists = { blocked_countries = ["France"] }
  }

  expect_failures = [var.lists]
}

run "group_of_somebody_else_is_refused" {
  command = plan

  variables {
    managed_groups = { AWSManagedRulesCommonRuleSet = { priority = 10 }, AWSManagedRulesKnownBadInputsRuleSet = { priority = 20 }, Mine = { priority = 30 } }
  }

  expect_failures = [var.managed_groups]
}

run "priority_twice_is_refused" {
  command = plan

  variables {
    managed_groups = { AWSManagedRulesCommonRuleSet = { priority = 10 }, AWSManagedRulesKnownBadInputsRuleSet = { priority = 10 } }
  }

  expect_failures = [var.managed_groups]
}

run "missing_base_group_is_refused" {
  command = plan

  variables {
    managed_groups = { AWSManagedRulesCommonRuleSet = { priority = 10 } }
  }

  expect_failures = [var.managed_groups]
}

run "token_in_the_log_is_refused" {
  command = plan

  variables {
    redacted_headers = ["cookie"]
  }

  expect_failures = [var.redacted_headers]
}

run "alarm_without_a_number_is_refused" {
  command = plan

  variables {
    blocked_alarm_requests = 0
  }

  expect_failures = [var.blocked_alarm_requests]
}
