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
  environment     = "prod"
  account_id      = "123456789012"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"

  repositories = {
    order-router = {}
    reconciler   = { pull_role_arns = ["arn:aws:iam::210987654321:role/orderflow-pull"] }
  }

  registry = {
    replica_regions  = ["eu-central-1"]
    replica_key_arns = { eu-central-1 = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
  }
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

run "unknown_environment_is_refused" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [var.environment]
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
    kms_key_arn = "alias/ecr"
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

run "repository_with_capitals_is_refused" {
  command = plan

  variables {
    repositories = { Router = {} }
  }

  expect_failures = [var.repositories]
}

run "single_image_is_refused" {
  command = plan

  variables {
    repositories = { router = { keep_images = 1 } }
  }

  expect_failures = [var.repositories]
}

run "layers_without_a_day_are_refused" {
  command = plan

  variables {
    repositories = { router = { untagged_days = 0 } }
  }

  expect_failures = [var.repositories]
}

run "everybody_pulls_is_refused" {
  command = plan

  variables {
    repositories = { router = { pull_role_arns = ["*"] } }
  }

  expect_failures = [var.repositories]
}

run "disposable_in_prod_is_refused" {
  command = plan

  variables {
    repositories = { router = { disposable = true } }
  }

  expect_failures = [var.repositories]
}

run "replica_in_its_own_region_is_refused" {
  command = plan

  variables {
    registry = { replica_regions = ["eu-west-1"], replica_key_arns = { eu-west-1 = "k" } }
  }

  expect_failures = [var.registry]
}

run "replica_without_a_key_is_refused" {
  command = plan

  variables {
    registry = { replica_regions = ["eu-central-1"] }
  }

  expect_failures = [var.registry]
}
