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
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  rules           = { router = "groups:\n  - name: router\n    rules: []\n" }
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

run "key_by_alias_is_refused" {
  command = plan

  variables {
    kms_key_arn = "alias/aps"
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

run "no_retention_is_refused" {
  command = plan

  variables {
    limits = { retention_days = 0 }
  }

  expect_failures = [var.limits]
}

run "service_without_series_is_refused" {
  command = plan

  variables {
    limits = { series_per_service = { router = 0 } }
  }

  expect_failures = [var.limits]
}

run "alarm_without_a_number_is_refused" {
  command = plan

  variables {
    limits = { active_series_alarm = 0 }
  }

  expect_failures = [var.limits]
}

run "rules_without_groups_are_refused" {
  command = plan

  variables {
    rules = { router = "rules: []" }
  }

  expect_failures = [var.rules]
}

run "scraping_nothing_is_refused" {
  command = plan

  variables {
    scraper = { cluster_arn = "a", configuration = "global: {}", subnet_ids = { euw1-az1 = "s", euw1-az2 = "t" }, security_group_ids = [] }
  }

  expect_failures = [var.scraper]
}

run "collector_in_one_zone_is_refused" {
  command = plan

  variables {
    scraper = { cluster_arn = "a", configuration = "scrape_configs:\n  - job_name: a\n", subnet_ids = { euw1-az1 = "s" }, security_group_ids = [] }
  }

  expect_failures = [var.scraper]
}
