provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name                    = "orderflow-prod"
  region                  = "eu-west-1"
  environment             = "prod"
  account_id              = "123456789012"
  kms_key_arn             = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn         = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  administrator_role_arns = ["arn:aws:iam::123456789012:role/orderflow-prod-deploy"]
  replica_key_arns        = { eu-central-1 = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555" }

  secrets = {
    "reconciler/database" = {
      description      = "Password of the reconciler's database user"
      reader_role_arns = ["arn:aws:iam::123456789012:role/orderflow-prod-reconciler"]
      replicated       = true
      rotation = {
        function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:orderflow-prod-secret-rotation"
        role_arn     = "arn:aws:iam::123456789012:role/orderflow-prod-secret-rotation"
      }
    }
    venue-token = {
      description      = "Token of the venue's sandbox"
      reader_role_arns = ["arn:aws:iam::123456789012:role/orderflow-prod-order-router"]
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
    kms_key_arn = "alias/secrets"
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

run "nobody_as_administrator_is_refused" {
  command = plan

  variables {
    administrator_role_arns = []
  }

  expect_failures = [var.administrator_role_arns]
}

run "replica_with_a_foreign_key_is_refused" {
  command = plan

  variables {
    replica_key_arns = { eu-central-1 = "arn:aws:kms:eu-west-3:123456789012:key/11111111-2222-3333-4444-555555555555" }
  }

  expect_failures = [var.replica_key_arns]
}

run "name_like_a_suffix_is_refused" {
  command = plan

  variables {
    secrets = { "venue-abcdef" = { description = "Token of a venue", reader_role_arns = ["arn:aws:iam::123456789012:role/a"] } }
  }

  expect_failures = [var.secrets]
}

run "secret_for_everybody_is_refused" {
  command = plan

  variables {
    secrets = { venue = { description = "Token of a venue", reader_role_arns = ["arn:aws:iam::123456789012:role/*"] } }
  }

  expect_failures = [var.secrets]
}

run "secret_without_a_word_is_refused" {
  command = plan

  variables {
    secrets = { venue = { description = "", reader_role_arns = ["arn:aws:iam::123456789012:role/a"] } }
  }

  expect_failures = [var.secrets]
}

run "yearly_rotation_is_refused" {
  command = plan

  variables {
    secrets = { venue = { description = "Token of a venue", reader_role_arns = ["arn:aws:iam::123456789012:role/a"], rotation = { function_arn = "f", role_arn = "r", days = 365 } } }
  }

  expect_failures = [var.secrets]
}

run "copy_to_nowhere_is_refused" {
  command = plan

  variables {
    replica_key_arns = {}
  }

  expect_failures = [var.secrets]
}
