provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name        = "orderflow-prod"
  region      = "eu-west-1"
  account_id  = "123456789012"
  environment = "prod"
  standby     = { region = "eu-central-1", dr_mode = "warm_standby", witness_region = "eu-west-3" }
}

run "the_truth_is_the_same_in_both_regions" {
  command = plan

  assert {
    condition     = output.table_consistency == { journal = "STRONG", control = "STRONG", orders = "EVENTUAL" }
    error_message = "A lost Region costs journal entries."
  }

  assert {
    condition     = length(module.key_replica) == 1 && length(module.log_archive) == 2
    error_message = "The standby lacks its key or its logs."
  }
}

run "backup_copies_buckets_only" {
  command = plan

  variables {
    standby = { region = "eu-central-1", dr_mode = "backup" }
  }

  assert {
    condition     = alltrue([for consistency in values(output.table_consistency) : consistency == "NONE"])
    error_message = "Mode backup pays for table replicas."
  }

  assert {
    condition     = length(module.key_replica) == 1
    error_message = "Copies have no key where they arrive."
  }
}

run "a_region_alone_has_everything_once" {
  command = plan

  variables {
    standby = null
  }

  assert {
    condition     = length(module.key_replica) == 0 && length(module.log_archive) == 1 && keys(output.access_log_buckets) == ["eu-west-1"]
    error_message = "A Region without a partner has something elsewhere."
  }
}

run "refused_partner_is_itself" {
  command = plan

  variables {
    standby = { region = "eu-west-1", dr_mode = "backup" }
  }

  expect_failures = [var.standby]
}

run "refused_partner_overseas" {
  command = plan

  variables {
    standby = { region = "us-east-1", dr_mode = "backup" }
  }

  expect_failures = [var.standby]
}

run "refused_unknown_mode" {
  command = plan

  variables {
    standby = { region = "eu-central-1", dr_mode = "hot" }
  }

  expect_failures = [var.standby]
}

run "refused_values" {
  command = plan

  variables {
    name               = "X"
    account_id         = "1"
    environment        = "test"
    log_retention_days = 365
    shards             = 0
    standby            = null
  }

  expect_failures = [var.name, var.account_id, var.environment, var.shards]
}

run "refused_region" {
  command = plan

  variables {
    region  = "europe"
    standby = null
  }

  expect_failures = [var.region]
}

run "refused_short_logs_in_prod" {
  command = plan

  variables {
    log_retention_days = 90
  }

  expect_failures = [var.log_retention_days]
}
