provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod-files"
  region          = "eu-west-1"
  account_id      = "123456789012"
  environment     = "prod"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  network = {
    vpc_id     = "vpc-0123456789abcdef0"
    subnet_ids = { euw1-az1 = "subnet-0000000000000001a", euw1-az2 = "subnet-0000000000000001b" }
  }
  access_points    = { statements = { path = "/statements", uid = 10001, gid = 10001 } }
  client_role_arns = ["arn:aws:iam::123456789012:role/orderflow-prod-reconciler-eu-west-1"]
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

run "refuses_one_zone_in_prod" {
  command = plan
  variables {
    network = { vpc_id = "vpc-0123456789abcdef0", subnet_ids = { euw1-az1 = "subnet-0000000000000001a" } }
  }
  expect_failures = [var.network]
}

run "refuses_an_access_point_at_the_root" {
  command = plan
  variables {
    access_points = { all = { path = "/", uid = 10001, gid = 10001 } }
  }
  expect_failures = [var.access_points]
}

run "refuses_an_access_point_of_root" {
  command = plan
  variables {
    access_points = { statements = { path = "/statements", uid = 0, gid = 0 } }
  }
  expect_failures = [var.access_points]
}

run "refuses_any_role_as_client" {
  command = plan
  variables {
    client_role_arns = ["arn:aws:iam::123456789012:role/*"]
  }
  expect_failures = [var.client_role_arns]
}

run "refuses_a_replica_without_a_key_there" {
  command = plan
  variables {
    replica = { region = "eu-central-1", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/22222222-2222-3333-4444-555555555555" }
  }
  expect_failures = [var.replica]
}

run "refuses_days_that_efs_does_not_know" {
  command = plan
  variables {
    infrequent_days = 45
  }
  expect_failures = [var.infrequent_days]
}
