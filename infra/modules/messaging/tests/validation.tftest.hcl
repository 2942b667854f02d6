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
  environment     = "staging"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  venues          = { XLON = {} }
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

run "refuses_a_venue_by_its_name" {
  command = plan
  variables {
    venues = { london = {} }
  }
  expect_failures = [var.venues]
}

run "refuses_a_venue_queue_that_outlives_its_letters" {
  command = plan
  variables {
    venues = { XLON = { retention_days = 14 } }
  }
  expect_failures = [var.venues]
}

run "refuses_to_bury_an_order_at_once" {
  command = plan
  variables {
    venues = { XLON = { max_receives = 1 } }
  }
  expect_failures = [var.venues]
}

run "refuses_a_visibility_of_a_second" {
  command = plan
  variables {
    venues = { XLON = { visibility_seconds = 1 } }
  }
  expect_failures = [var.venues]
}

run "refuses_an_age_that_is_not_measured" {
  command = plan
  variables {
    venues = { XLON = { max_age_seconds = 5 } }
  }
  expect_failures = [var.venues]
}

run "refuses_everybody_as_receiver" {
  command = plan
  variables {
    venues = { XLON = { receivers = ["*"] } }
  }
  expect_failures = [var.venues]
}

run "refuses_a_queue_that_looks_like_a_venue" {
  command = plan
  variables {
    queues = { venue-x = {} }
  }
  expect_failures = [var.queues]
}

run "refuses_a_queue_that_outlives_its_letters" {
  command = plan
  variables {
    queues = { statements = { retention_days = 14 } }
  }
  expect_failures = [var.queues]
}

run "refuses_a_queue_that_buries_at_once" {
  command = plan
  variables {
    queues = { statements = { max_receives = 1 } }
  }
  expect_failures = [var.queues]
}

run "refuses_a_topic_with_capitals" {
  command = plan
  variables {
    topics = { Alarms = {} }
  }
  expect_failures = [var.topics]
}

run "refuses_an_unknown_publisher" {
  command = plan
  variables {
    topics = { alarms = { services = ["everything"] } }
  }
  expect_failures = [var.topics]
}

run "refuses_plain_http" {
  command = plan
  variables {
    topics = { alarms = { subscriptions = { hook = { protocol = "http", endpoint = "http://example.com" } } } }
  }
  expect_failures = [var.topics]
}

run "refuses_https_in_name_only" {
  command = plan
  variables {
    topics = { alarms = { subscriptions = { hook = { protocol = "https", endpoint = "http://example.com" } } } }
  }
  expect_failures = [var.topics]
}

run "refuses_a_filter_that_is_not_json" {
  command = plan
  variables {
    topics = { alarms = { subscriptions = { desk = { protocol = "email", endpoint = "desk@example.com", filter_policy = "severity=page" } } } }
  }
  expect_failures = [var.topics]
}

run "refuses_a_topic_that_nobody_hears_in_prod" {
  command = plan
  variables {
    environment = "prod"
  }
  expect_failures = [var.topics]
}
