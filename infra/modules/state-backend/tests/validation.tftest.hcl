provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name       = "orderflow"
  region     = "eu-west-2"
  account_id = "123456789012"
  trusted = {
    plan  = ["arn:aws:iam::123456789012:role/orderflow-github-plan"]
    apply = ["arn:aws:iam::123456789012:role/orderflow-github-apply"]
    read  = ["arn:aws:iam::123456789012:role/orderflow-auditor"]
  }
}

run "refuses_a_name_too_long_for_a_bucket" {
  command = plan
  variables {
    name = "orderflow-with-a-very-long-name"
  }
  expect_failures = [var.name]
}

run "refuses_a_region_without_cells" {
  command = plan
  variables {
    region = "ap-south-1"
  }
  expect_failures = [var.region]
}

run "refuses_a_short_account_id" {
  command = plan
  variables {
    account_id = "12345"
  }
  expect_failures = [var.account_id]
}

run "refuses_an_unknown_lock" {
  command = plan
  variables {
    lock_mechanism = "dynamodb"
  }
  expect_failures = [var.lock_mechanism]
}

run "refuses_a_whole_account_as_principal" {
  command = plan
  variables {
    trusted = {
      plan  = ["arn:aws:iam::123456789012:root"]
      apply = ["arn:aws:iam::123456789012:role/orderflow-github-apply"]
      read  = ["arn:aws:iam::123456789012:role/orderflow-auditor"]
    }
  }
  expect_failures = [var.trusted]
}

run "refuses_one_principal_for_plan_and_apply" {
  command = plan
  variables {
    trusted = {
      plan  = ["arn:aws:iam::123456789012:role/orderflow-github-apply"]
      apply = ["arn:aws:iam::123456789012:role/orderflow-github-apply"]
      read  = ["arn:aws:iam::123456789012:role/orderflow-auditor"]
    }
  }
  expect_failures = [var.trusted]
}

run "refuses_a_role_that_nobody_may_assume" {
  command = plan
  variables {
    trusted = {
      plan  = ["arn:aws:iam::123456789012:role/orderflow-github-plan"]
      apply = []
      read  = ["arn:aws:iam::123456789012:role/orderflow-auditor"]
    }
  }
  expect_failures = [var.trusted]
}

run "refuses_old_versions_kept_for_a_month" {
  command = plan
  variables {
    noncurrent_version_days = 30
  }
  expect_failures = [var.noncurrent_version_days]
}

run "refuses_an_arn_as_log_bucket" {
  command = plan
  variables {
    access_log_bucket = "arn:aws:s3:::logs"
  }
  expect_failures = [var.access_log_bucket]
}
