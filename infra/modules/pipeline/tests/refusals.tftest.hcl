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
  artifact_bucket = "orderflow-prod-eu-west-1-123456789012-artifacts"
  stack_path      = "infra/live/prod/eu-west-1"
  source_code     = { repository = "example/orderflow", connection = { arn = "arn:aws:codeconnections:eu-west-1:123456789012:connection/11111111-2222-3333-4444-555555555555" } }

  role_arns = {
    plan  = "arn:aws:iam::123456789012:role/orderflow-prod-state-plan-eu-west-1"
    apply = "arn:aws:iam::123456789012:role/orderflow-prod-state-apply-eu-west-1"
  }

  images = {
    order-router = {
      repository_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/orderflow-prod/order-router"
      repository_url = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/orderflow-prod/order-router"
    }
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
    kms_key_arn = "alias/build"
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

run "bucket_by_arn_is_refused" {
  command = plan

  variables {
    artifact_bucket = "arn:aws:s3:::bucket"
  }

  expect_failures = [var.artifact_bucket]
}

run "unknown_source_is_refused" {
  command = plan

  variables {
    source_code = { kind = "svn", repository = "orderflow" }
  }

  expect_failures = [var.source_code]
}

run "repository_without_owner_is_refused" {
  command = plan

  variables {
    source_code = { repository = "orderflow" }
  }

  expect_failures = [var.source_code]
}

run "codecommit_with_owner_is_refused" {
  command = plan

  variables {
    source_code = { kind = "codecommit", repository = "example/orderflow" }
  }

  expect_failures = [var.source_code]
}

run "connection_by_name_is_refused" {
  command = plan

  variables {
    source_code = { repository = "example/orderflow", connection = { arn = "github" } }
  }

  expect_failures = [var.source_code]
}

run "stack_outside_infra_is_refused" {
  command = plan

  variables {
    stack_path = "../elsewhere"
  }

  expect_failures = [var.stack_path]
}

run "role_by_name_is_refused" {
  command = plan

  variables {
    role_arns = { plan = "plan", apply = "arn:aws:iam::123456789012:role/apply" }
  }

  expect_failures = [var.role_arns]
}

run "one_role_for_both_is_refused" {
  command = plan

  variables {
    role_arns = { plan = "arn:aws:iam::123456789012:role/a", apply = "arn:aws:iam::123456789012:role/a" }
  }

  expect_failures = [var.role_arns]
}

run "image_by_tag_is_refused" {
  command = plan

  variables {
    build_image = "builder:latest"
  }

  expect_failures = [var.build_image]
}

run "repository_by_name_is_refused" {
  command = plan

  variables {
    images = { a = { repository_arn = "a", repository_url = "b" } }
  }

  expect_failures = [var.images]
}
