provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name               = "orderflow-prod"
  account_id         = "123456789012"
  alarm_topic_arn    = "arn:aws:sns:us-east-1:123456789012:orderflow-prod-alarms"
  monthly_limit_usd  = 40000
  service_limits_usd = { order-router = 20000 }
  region_limits_usd  = { eu-west-1 = 25000, eu-central-1 = 12000 }
}

run "name_with_capitals_is_refused" {
  command = plan

  variables {
    name = "OrderFlow"
  }

  expect_failures = [var.name]
}

run "short_account_is_refused" {
  command = plan

  variables {
    account_id = "1234"
  }

  expect_failures = [var.account_id]
}

run "topic_by_name_is_refused" {
  command = plan

  variables {
    alarm_topic_arn = "alarms"
  }

  expect_failures = [var.alarm_topic_arn]
}

run "missing_tag_is_refused" {
  command = plan

  variables {
    allocation_tags = ["service"]
  }

  expect_failures = [var.allocation_tags]
}

run "tag_with_capitals_is_refused" {
  command = plan

  variables {
    allocation_tags = ["geography", "business_unit", "service", "data_class", "Owner"]
  }

  expect_failures = [var.allocation_tags]
}

run "no_limit_is_refused" {
  command = plan

  variables {
    monthly_limit_usd = 0
  }

  expect_failures = [var.monthly_limit_usd]
}

run "service_for_nothing_is_refused" {
  command = plan

  variables {
    service_limits_usd = { router = 0 }
  }

  expect_failures = [var.service_limits_usd]
}

run "no_region_is_refused" {
  command = plan

  variables {
    region_limits_usd = {}
  }

  expect_failures = [var.region_limits_usd]
}

run "region_above_the_whole_is_refused" {
  command = plan

  variables {
    region_limits_usd = { eu-west-1 = 50000 }
  }

  expect_failures = [var.region_limits_usd]
}

run "a_fortune_elsewhere_is_refused" {
  command = plan

  variables {
    elsewhere_limit_usd = 1000
  }

  expect_failures = [var.elsewhere_limit_usd]
}

run "anomaly_of_nothing_is_refused" {
  command = plan

  variables {
    anomaly = { impact_usd = 0 }
  }

  expect_failures = [var.anomaly]
}

run "address_that_is_none_is_refused" {
  command = plan

  variables {
    emails = ["ops"]
  }

  expect_failures = [var.emails]
}
