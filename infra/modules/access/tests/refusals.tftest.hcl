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
  account_id      = "123456789012"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  sessions        = { tag_values = ["orderflow"] }
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
    kms_key_arn = "alias/ssm"
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

run "a_month_of_evidence_is_refused" {
  command = plan

  variables {
    log_retention_days = 30
  }

  expect_failures = [var.log_retention_days]
}

run "endless_idling_is_refused" {
  command = plan

  variables {
    sessions = { tag_values = ["orderflow"], idle_minutes = 0 }
  }

  expect_failures = [var.sessions]
}

run "session_shorter_than_its_idling_is_refused" {
  command = plan

  variables {
    sessions = { tag_values = ["orderflow"], idle_minutes = 30, max_minutes = 10 }
  }

  expect_failures = [var.sessions]
}

run "root_is_refused" {
  command = plan

  variables {
    sessions = { tag_values = ["orderflow"], user = "root" }
  }

  expect_failures = [var.sessions]
}

run "every_machine_is_refused" {
  command = plan

  variables {
    sessions = { tag_values = ["*"] }
  }

  expect_failures = [var.sessions]
}

run "agents_for_nobody_are_refused" {
  command = plan

  variables {
    agents = { tag_values = [] }
  }

  expect_failures = [var.agents]
}

run "tunnel_without_a_group_is_refused" {
  command = plan

  variables {
    instance_connect = { subnet_id = "subnet-0123456789abcdef0", security_group_ids = [] }
  }

  expect_failures = [var.instance_connect]
}
