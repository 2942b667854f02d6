provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod-sessions"
  region          = "eu-west-1"
  account_id      = "123456789012"
  environment     = "prod"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  network = {
    vpc_id     = "vpc-0123456789abcdef0"
    subnet_ids = { euw1-az1 = "subnet-0000000000000001a", euw1-az2 = "subnet-0000000000000001b" }
  }
  nodes = { class = "cache.r7g.large" }
  users = { reconciler = "on ~reconciler:* +@read +@write" }
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

run "refuses_a_version_of_another_engine" {
  command = plan
  variables {
    engine_version = "6.2"
  }
  expect_failures = [var.engine_version]
}

run "refuses_a_class_of_old" {
  command = plan
  variables {
    nodes = { class = "cache.m4.large" }
  }
  expect_failures = [var.nodes]
}

run "refuses_a_burstable_class_in_prod" {
  command = plan
  variables {
    nodes = { class = "cache.t4g.micro" }
  }
  expect_failures = [var.nodes]
}

run "refuses_no_shards" {
  command = plan
  variables {
    nodes = { class = "cache.r7g.large", shards = 0 }
  }
  expect_failures = [var.nodes]
}

run "refuses_a_single_node_in_prod" {
  command = plan
  variables {
    nodes = { class = "cache.r7g.large", replicas = 0 }
  }
  expect_failures = [var.nodes]
}

run "refuses_a_single_subnet" {
  command = plan
  variables {
    network = { vpc_id = "vpc-0123456789abcdef0", subnet_ids = { euw1-az1 = "subnet-0000000000000001a" } }
  }
  expect_failures = [var.network]
}

run "refuses_the_default_user" {
  command = plan
  variables {
    users = { default = "on ~* +@read" }
  }
  expect_failures = [var.users]
}

run "refuses_a_user_who_may_do_everything" {
  command = plan
  variables {
    users = { reconciler = "on ~* +@all" }
  }
  expect_failures = [var.users]
}

run "refuses_no_snapshots_in_prod" {
  command = plan
  variables {
    snapshot_days = 0
  }
  expect_failures = [var.snapshot_days]
}
