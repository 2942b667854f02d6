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

run "refuses_an_unknown_mode" {
  command = plan
  variables {
    credentials = { mode = "manual" }
  }
  expect_failures = [var.credentials]
}

run "refuses_an_instance_without_credentials" {
  command = plan
  variables {
    credentials = null
  }
  expect_failures = [var.credentials]
}

run "refuses_a_managed_password_with_a_replica" {
  command = plan
  variables {
    replicated = true
  }
  expect_failures = [var.credentials]
}

run "refuses_a_rotation_without_its_function" {
  command = plan
  variables {
    credentials = { mode = "lambda" }
  }
  expect_failures = [var.credentials]
}

run "refuses_a_password_of_a_year" {
  command = plan
  variables {
    credentials = { mode = "managed", rotation_days = 365 }
  }
  expect_failures = [var.credentials]
}

run "refuses_a_short_first_password" {
  command = plan
  variables {
    initial_password = "short"
  }
  expect_failures = [var.initial_password]
}

run "refuses_a_replica_of_a_replica" {
  command = plan
  variables {
    replica_of  = "arn:aws:rds:eu-central-1:123456789012:db:orderflow-prod-reconciler"
    credentials = null
    replicated  = true
  }
  expect_failures = [var.replicated]
}

run "refuses_a_source_by_its_name" {
  command = plan
  variables {
    replica_of  = "orderflow-prod-reconciler"
    credentials = null
  }
  expect_failures = [var.replica_of]
}

run "refuses_a_replica_beside_its_source" {
  command = plan
  variables {
    replica_of  = "arn:aws:rds:eu-west-1:123456789012:db:orderflow-prod-reconciler"
    credentials = null
  }
  expect_failures = [var.replica_of]
}
