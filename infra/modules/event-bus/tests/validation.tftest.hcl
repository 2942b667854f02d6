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
  rules = {
    break-found = {
      description = "A break was found or cleared"
      targets     = { desk = { arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-desk" } }
    }
    big-reject = {
      description = "An order of size was rejected"
      pattern     = "{\"source\":[\"orderflow.order-router\"],\"detail-type\":[\"OrderRejected\"],\"detail\":{\"control\":[\"size\"]}}"
      targets     = { risk = { arn = "arn:aws:sqs:eu-west-1:123456789012:orderflow-prod-risk.fifo", message_group_id = "rejects" } }
    }
  }
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

run "refuses_the_name_of_the_record" {
  command = plan
  variables {
    rules = { everything = { description = "x", pattern = "{\"source\":[\"a\"]}", targets = { desk = { arn = "arn:aws:sns:eu-west-1:123456789012:desk" } } } }
  }
  expect_failures = [var.rules]
}

run "refuses_a_rule_whose_pattern_is_nowhere" {
  command = plan
  variables {
    rules = { no-such-file = { description = "x", targets = { desk = { arn = "arn:aws:sns:eu-west-1:123456789012:desk" } } } }
  }
  expect_failures = [var.rules]
}

run "refuses_a_pattern_that_matches_everything" {
  command = plan
  variables {
    rules = { all = { description = "x", pattern = "{\"region\":[\"eu-west-1\"]}", targets = { desk = { arn = "arn:aws:sns:eu-west-1:123456789012:desk" } } } }
  }
  expect_failures = [var.rules]
}

run "refuses_a_rule_without_targets" {
  command = plan
  variables {
    rules = { break-found = { description = "x", targets = {} } }
  }
  expect_failures = [var.rules]
}

run "refuses_a_target_that_is_no_arn" {
  command = plan
  variables {
    rules = { break-found = { description = "x", targets = { desk = { arn = "desk" } } } }
  }
  expect_failures = [var.rules]
}

run "refuses_a_fifo_target_without_a_group" {
  command = plan
  variables {
    rules = { break-found = { description = "x", targets = { desk = { arn = "arn:aws:sqs:eu-west-1:123456789012:desk.fifo" } } } }
  }
  expect_failures = [var.rules]
}

run "refuses_an_archive_without_days" {
  command = plan
  variables {
    environment  = "dev"
    archive_days = 0
  }
  expect_failures = [var.archive_days]
}

run "refuses_a_week_of_archive_in_prod" {
  command = plan
  variables {
    archive_days = 7
  }
  expect_failures = [var.archive_days]
}

run "refuses_to_give_up_at_once" {
  command = plan
  variables {
    max_event_age_seconds = 10
  }
  expect_failures = [var.max_event_age_seconds]
}
