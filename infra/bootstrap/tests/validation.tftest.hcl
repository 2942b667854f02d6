provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  account_id = "123456789012"
}

run "refuses_a_short_account_id" {
  command = plan
  variables {
    account_id = "1234"
  }
  expect_failures = [var.account_id]
}

run "refuses_an_unknown_lock" {
  command = plan
  variables {
    lock_mechanism = "none"
  }
  expect_failures = [var.lock_mechanism]
}
