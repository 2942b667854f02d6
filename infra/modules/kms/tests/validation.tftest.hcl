provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name       = "orderflow-prod"
  region     = "eu-west-1"
  account_id = "123456789012"
  keys = {
    data = {
      description = "Tables, streams and volumes"
      services    = ["dynamodb", "kinesis"]
      users       = ["arn:aws:iam::123456789012:role/orderflow-prod-order-router-eu-west-1"]
    }
    logs = {
      description = "Log groups and alarm topics"
      services    = ["logs", "sns", "cloudwatch"]
    }
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
    region = "eu-west-1a"
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

run "refuses_no_keys" {
  command = plan

  variables {
    keys = {}
  }

  expect_failures = [var.keys]
}

run "refuses_a_key_without_purpose" {
  command = plan

  variables {
    keys = { data = { description = "data" } }
  }

  expect_failures = [var.keys]
}

run "refuses_an_unknown_service" {
  command = plan

  variables {
    keys = { data = { description = "Tables and streams", services = ["everything"] } }
  }

  expect_failures = [var.keys]
}

run "refuses_a_wildcard_user" {
  command = plan

  variables {
    keys = { data = { description = "Tables and streams", users = ["arn:aws:iam::123456789012:role/*"] } }
  }

  expect_failures = [var.keys]
}

run "refuses_a_replica_of_an_alias" {
  command = plan

  variables {
    keys = { data = { description = "Tables and streams", replica_of = { arn = "arn:aws:kms:eu-central-1:123456789012:alias/orderflow-prod-data" } } }
  }

  expect_failures = [var.keys]
}

run "refuses_a_replica_beside_its_primary" {
  command = plan

  variables {
    keys = { data = { description = "Tables and streams", replica_of = { arn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef" } } }
  }

  expect_failures = [var.keys]
}

run "refuses_a_primary_that_is_a_replica" {
  command = plan

  variables {
    keys = { data = { description = "Tables and streams", multi_region = true, replica_of = { arn = "arn:aws:kms:eu-central-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef" } } }
  }

  expect_failures = [var.keys]
}
