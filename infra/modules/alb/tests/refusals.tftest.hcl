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
  environment     = "prod"
  internal        = false
  certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  log_bucket      = "orderflow-prod-eu-west-1-123456789012-alb-logs"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  ingress         = { internet = { cidr_ipv4 = "0.0.0.0/0" } }

  network = {
    vpc_id     = "vpc-0123456789abcdef0"
    subnet_ids = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1", euw1-az2 = "subnet-0aaaaaaaaaaaaaaa2" }
  }
}

run "long_name_is_refused" {
  command = plan

  variables {
    name = "orderflow-prod-a-name-that-is-far-too-long"
  }

  expect_failures = [var.name]
}

run "region_that_is_none_is_refused" {
  command = plan

  variables {
    region          = "Ireland"
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/a:Ireland:"
  }

  expect_failures = [var.region]
}

run "unknown_environment_is_refused" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [var.environment]
}

run "topic_by_name_is_refused" {
  command = plan

  variables {
    alarm_topic_arn = "alarms"
  }

  expect_failures = [var.alarm_topic_arn]
}

run "vpc_by_name_is_refused" {
  command = plan

  variables {
    network = merge(var.network, { vpc_id = "main" })
  }

  expect_failures = [var.network]
}

run "one_zone_is_refused" {
  command = plan

  variables {
    network = merge(var.network, { subnet_ids = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1" } })
  }

  expect_failures = [var.network]
}

run "public_door_for_nobody_is_refused" {
  command = plan

  variables {
    ingress = {}
  }

  expect_failures = [var.internal]
}

run "source_with_two_kinds_is_refused" {
  command = plan

  variables {
    ingress = { a = { cidr_ipv4 = "10.0.0.0/8", prefix_list_id = "pl-0123456789abcdef0" } }
  }

  expect_failures = [var.ingress]
}

run "everybody_at_an_internal_one_is_refused" {
  command = plan

  variables {
    internal = true
  }

  expect_failures = [var.internal]
}

run "certificate_of_another_region_is_refused" {
  command = plan

  variables {
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  }

  expect_failures = [var.certificate_arn]
}

run "tls_1_0_is_refused" {
  command = plan

  variables {
    ssl_policy = "ELBSecurityPolicy-2016-08"
  }

  expect_failures = [var.ssl_policy]
}

run "bucket_by_arn_is_refused" {
  command = plan

  variables {
    log_bucket = "arn:aws:s3:::logs"
  }

  expect_failures = [var.log_bucket]
}

run "endless_silence_is_refused" {
  command = plan

  variables {
    idle_timeout_seconds = 5000
  }

  expect_failures = [var.idle_timeout_seconds]
}

run "limit_of_nothing_is_refused" {
  command = plan

  variables {
    limits = { p99_seconds = 0 }
  }

  expect_failures = [var.limits]
}

run "unprotected_prod_is_refused" {
  command = plan

  variables {
    deletion_protection = false
  }

  expect_failures = [var.deletion_protection]
}
