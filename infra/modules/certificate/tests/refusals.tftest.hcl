provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name                = "orderflow-prod"
  region              = "eu-west-1"
  domain              = "api.orderflow.example.com"
  alternative_domains = ["*.api.orderflow.example.com"]
  zone_id             = "Z0123456789ABCDEFGHIJ"
  alarm_topic_arn     = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
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

run "topic_by_name_is_refused" {
  command = plan

  variables {
    alarm_topic_arn = "alarms"
  }

  expect_failures = [var.alarm_topic_arn]
}

run "address_as_domain_is_refused" {
  command = plan

  variables {
    domain = "https://api.example.com"
  }

  expect_failures = [var.domain]
}

run "address_as_alternative_is_refused" {
  command = plan

  variables {
    alternative_domains = ["https://api.example.com"]
  }

  expect_failures = [var.alternative_domains]
}

run "repeated_domain_is_refused" {
  command = plan

  variables {
    alternative_domains = ["api.orderflow.example.com"]
  }

  expect_failures = [var.alternative_domains]
}

run "zone_by_name_is_refused" {
  command = plan

  variables {
    zone_id = "example.com"
  }

  expect_failures = [var.zone_id]
}

run "weak_key_is_refused" {
  command = plan

  variables {
    key_algorithm = "RSA_1024"
  }

  expect_failures = [var.key_algorithm]
}

run "alarm_before_the_renewal_is_refused" {
  command = plan

  variables {
    expiry_alarm_days = 90
  }

  expect_failures = [var.expiry_alarm_days]
}
