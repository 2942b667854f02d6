provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod"
  region          = "eu-central-1"
  account_id      = "123456789012"
  environment     = "prod"
  kms_key_arn     = "arn:aws:kms:eu-central-1:123456789012:key/mrk-11111111222233334444555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-central-1:123456789012:orderflow-prod-alarms"
  journal         = { shards = 10 }
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
    region          = "eu-central-1a"
    kms_key_arn     = "arn:aws:kms:eu-central-1a:123456789012:key/mrk-11111111222233334444555555555555"
    alarm_topic_arn = "arn:aws:sns:eu-central-1a:123456789012:orderflow-prod-alarms"
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

run "refuses_no_tables" {
  command = plan
  variables {
    tables = []
  }
  expect_failures = [var.tables]
}

run "refuses_no_shards" {
  command = plan
  variables {
    journal = { shards = 0 }
  }
  expect_failures = [var.journal]
}

run "refuses_a_journal_colder_than_its_shards" {
  command = plan
  variables {
    journal = { shards = 10, write_units = 9000 }
  }
  expect_failures = [var.journal]
}

run "refuses_a_replica_beside_its_table" {
  command = plan
  variables {
    replica = {
      region          = "eu-central-1"
      kms_key_arn     = "arn:aws:kms:eu-central-1:123456789012:key/mrk-11111111222233334444555555555555"
      alarm_topic_arn = "arn:aws:sns:eu-central-1:123456789012:orderflow-prod-alarms"
    }
  }
  expect_failures = [var.replica]
}

run "refuses_a_replica_without_a_key_there" {
  command = plan
  variables {
    replica = {
      region          = "eu-west-1"
      kms_key_arn     = "arn:aws:kms:eu-central-1:123456789012:key/mrk-11111111222233334444555555555555"
      alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
    }
  }
  expect_failures = [var.replica]
}

run "refuses_a_replica_that_alarms_elsewhere" {
  command = plan
  variables {
    replica = {
      region          = "eu-west-1"
      kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/mrk-11111111222233334444555555555555"
      alarm_topic_arn = "arn:aws:sns:eu-central-1:123456789012:orderflow-prod-alarms"
    }
  }
  expect_failures = [var.replica]
}

run "refuses_strong_leases" {
  command = plan
  variables {
    replica = {
      region          = "eu-west-1"
      kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/mrk-11111111222233334444555555555555"
      alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
      witness_region  = "eu-west-3"
      strong          = ["leases"]
    }
  }
  expect_failures = [var.replica]
}

run "refuses_strong_consistency_across_the_ocean" {
  command = plan
  variables {
    replica = {
      region          = "us-east-1"
      kms_key_arn     = "arn:aws:kms:us-east-1:123456789012:key/mrk-11111111222233334444555555555555"
      alarm_topic_arn = "arn:aws:sns:us-east-1:123456789012:orderflow-prod-alarms"
      witness_region  = "us-east-2"
      strong          = ["journal"]
    }
  }
  expect_failures = [var.replica]
}

run "refuses_strong_consistency_without_a_witness" {
  command = plan
  variables {
    replica = {
      region          = "eu-west-1"
      kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/mrk-11111111222233334444555555555555"
      alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
      strong          = ["journal"]
    }
  }
  expect_failures = [var.replica]
}

run "refuses_a_witness_in_a_replica_region" {
  command = plan
  variables {
    replica = {
      region          = "eu-west-1"
      kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/mrk-11111111222233334444555555555555"
      alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
      witness_region  = "eu-west-1"
      strong          = ["journal"]
    }
  }
  expect_failures = [var.replica]
}

run "refuses_two_months_of_recovery" {
  command = plan
  variables {
    recovery_days = 60
    environment   = "dev"
  }
  expect_failures = [var.recovery_days]
}

run "refuses_a_week_of_recovery_in_prod" {
  command = plan
  variables {
    recovery_days = 7
  }
  expect_failures = [var.recovery_days]
}

run "refuses_unprotected_tables_in_prod" {
  command = plan
  variables {
    deletion_protection = false
  }
  expect_failures = [var.deletion_protection]
}

run "refuses_a_lag_beyond_the_recovery_point" {
  command = plan
  variables {
    max_replication_lag_ms = 1000000
  }
  expect_failures = [var.max_replication_lag_ms]
}
