provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod-reconciler"
  region          = "eu-west-1"
  account_id      = "123456789012"
  environment     = "prod"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  instance        = { class = "db.m7g.large" }
  network = {
    vpc_id                     = "vpc-0123456789abcdef0"
    subnet_ids                 = { euw1-az1 = "subnet-0000000000000001a", euw1-az2 = "subnet-0000000000000001b" }
    rotation_subnet_ids        = { euw1-az1 = "subnet-0000000000000000a", euw1-az2 = "subnet-0000000000000000b" }
    endpoint_security_group_id = "sg-0123456789abcdef0"
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

run "refuses_another_engine" {
  command = plan
  variables {
    engine = { name = "mariadb", version = "17.6" }
  }
  expect_failures = [var.engine]
}

run "refuses_a_version_of_the_other_engine" {
  command = plan
  variables {
    engine = { name = "postgres", version = "8.4" }
  }
  expect_failures = [var.engine]
}

run "refuses_a_class_of_old" {
  command = plan
  variables {
    instance = { class = "db.m4.large" }
  }
  expect_failures = [var.instance]
}

run "refuses_a_burstable_class_in_prod" {
  command = plan
  variables {
    instance = { class = "db.t4g.medium" }
  }
  expect_failures = [var.instance]
}

run "refuses_storage_that_shrinks" {
  command = plan
  variables {
    instance = { class = "db.m7g.large", storage_gb = 200, max_storage_gb = 100 }
  }
  expect_failures = [var.instance]
}

run "refuses_one_zone_in_prod" {
  command = plan
  variables {
    instance = { class = "db.m7g.large", multi_az = false }
  }
  expect_failures = [var.instance]
}

run "refuses_a_week_of_backups_in_prod" {
  command = plan
  variables {
    protection = { backup_days = 7 }
  }
  expect_failures = [var.protection]
}

run "refuses_an_unprotected_instance_in_prod" {
  command = plan
  variables {
    protection = { deletion_protection = false }
  }
  expect_failures = [var.protection]
}

run "refuses_a_window_without_hours" {
  command = plan
  variables {
    protection = { backup_window = "at night" }
  }
  expect_failures = [var.protection]
}

run "refuses_a_single_subnet" {
  command = plan
  variables {
    network = { vpc_id = "vpc-0123456789abcdef0", subnet_ids = { euw1-az1 = "subnet-0000000000000001a" } }
  }
  expect_failures = [var.network]
}

run "refuses_a_rotation_that_reaches_nothing" {
  command = plan
  variables {
    network     = { vpc_id = "vpc-0123456789abcdef0", subnet_ids = { euw1-az1 = "subnet-0000000000000001a", euw1-az2 = "subnet-0000000000000001b" } }
    credentials = { mode = "lambda", function = { bucket = "b", key = "k", version = "v" } }
  }
  expect_failures = [var.network]
}
