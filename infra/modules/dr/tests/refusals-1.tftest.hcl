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
  environment     = "prod"
  account_id      = "123456789012"
  kms_key_arn     = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-central-1:123456789012:orderflow-prod-alarms"
  posture         = { role = "standby", mode = "warm_standby", peer_region = "eu-west-1" }

  controller = {
    code = { bucket = "orderflow-prod-eu-central-1-123456789012-artifacts", key = "lambda/failover-controller.zip", object_version = "3sL4kqtJlcpXroDTDmJ" }
    targets = {
      cluster_name     = "orderflow-prod"
      node_groups      = ["orderflow-prod-hot-euc1-az2", "orderflow-prod-system"]
      ecs_services     = { reconciler = { cluster = "orderflow-prod-reconciler", service = "orderflow-prod-reconciler" } }
      database_replica = "orderflow-prod-reconciler"
      control_table    = "orderflow-prod-control"
    }
  }

  health_checks = { api = { fqdn = "a.eu-west-1.elb.amazonaws.com" } }
  replication   = { database_replicas = ["orderflow-prod-reconciler"] }
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
    region = "Frankfurt"
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
    kms_key_arn = "alias/dr"
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
    log_retention_days = 500
  }

  expect_failures = [var.log_retention_days]
}

run "short_retention_in_prod_is_refused" {
  command = plan

  variables {
    log_retention_days = 30
  }

  expect_failures = [var.log_retention_days]
}

run "unknown_role_is_refused" {
  command = plan

  variables {
    posture       = { role = "witness", mode = "backup", peer_region = "eu-west-1" }
    controller    = null
    health_checks = {}
  }

  expect_failures = [var.posture]
}

run "unknown_mode_is_refused" {
  command = plan

  variables {
    posture = { role = "standby", mode = "hot", peer_region = "eu-west-1" }
  }

  expect_failures = [var.posture]
}

run "pair_of_one_region_is_refused" {
  command = plan

  variables {
    posture = { role = "standby", mode = "warm_standby", peer_region = "eu-central-1" }
  }

  expect_failures = [var.posture]
}

run "key_of_this_region_is_refused" {
  command = plan

  variables {
    posture = { role = "standby", mode = "warm_standby", peer_region = "eu-west-1", peer_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
  }

  expect_failures = [var.posture]
}

run "sizes_from_the_standby_are_refused" {
  command = plan

  variables {
    desired_sizes = { hot = { kind = "node_group", name = "a", min = 0, desired = 1, max = 1 } }
  }

  expect_failures = [var.desired_sizes]
}

run "size_of_an_unknown_kind_is_refused" {
  command = plan

  variables {
    posture       = { role = "primary", mode = "warm_standby", peer_region = "eu-west-1", peer_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/a" }
    controller    = null
    health_checks = {}
    desired_sizes = { hot = { kind = "pod", name = "a", min = 0, desired = 1, max = 1 } }
  }

  expect_failures = [var.desired_sizes]
}

run "size_above_its_max_is_refused" {
  command = plan

  variables {
    posture       = { role = "primary", mode = "warm_standby", peer_region = "eu-west-1", peer_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/a" }
    controller    = null
    health_checks = {}
    desired_sizes = { hot = { kind = "node_group", name = "a", min = 0, desired = 2, max = 1 } }
  }

  expect_failures = [var.desired_sizes]
}
