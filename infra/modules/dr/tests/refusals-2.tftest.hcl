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

run "controller_in_the_primary_is_refused" {
  command = plan

  variables {
    posture       = { role = "primary", mode = "warm_standby", peer_region = "eu-west-1" }
    health_checks = {}
  }

  expect_failures = [var.controller]
}

run "standby_without_a_controller_is_refused" {
  command = plan

  variables {
    controller = null
  }

  expect_failures = [var.controller]
}

run "groups_without_a_cluster_are_refused" {
  command = plan

  variables {
    controller = merge(var.controller, { targets = { node_groups = ["a"], control_table = "c" } })
  }

  expect_failures = [var.controller]
}

run "one_failed_look_is_refused" {
  command = plan

  variables {
    controller = merge(var.controller, { failures = 1 })
  }

  expect_failures = [var.controller]
}

run "no_calm_is_refused" {
  command = plan

  variables {
    controller = merge(var.controller, { hold_off_seconds = 10 })
  }

  expect_failures = [var.controller]
}

run "drill_by_word_is_refused" {
  command = plan

  variables {
    controller = merge(var.controller, { drill_schedule = "weekly" })
  }

  expect_failures = [var.controller]
}

run "checks_in_the_primary_are_refused" {
  command = plan

  variables {
    posture    = { role = "primary", mode = "warm_standby", peer_region = "eu-west-1" }
    controller = null
  }

  expect_failures = [var.health_checks]
}

run "path_without_a_slash_is_refused" {
  command = plan

  variables {
    health_checks = { api = { fqdn = "a.example.com", path = "ready" } }
  }

  expect_failures = [var.health_checks]
}

run "nothing_to_look_at_is_refused" {
  command = plan

  variables {
    health_checks = {}
  }

  expect_failures = [var.health_checks]
}

run "no_recovery_point_is_refused" {
  command = plan

  variables {
    replication = { point_seconds = 0 }
  }

  expect_failures = [var.replication]
}

run "no_replica_lag_is_refused" {
  command = plan

  variables {
    replication = { database_lag_seconds = 0 }
  }

  expect_failures = [var.replication]
}

run "fault_on_nothing_is_refused" {
  command = plan

  variables {
    fault = { node_group_arns = [], stop_alarm_arns = ["a"] }
  }

  expect_failures = [var.fault]
}

run "endless_fault_is_refused" {
  command = plan

  variables {
    fault = { node_group_arns = ["arn:aws:eks:eu-central-1:123456789012:nodegroup/a/b/c"], stop_alarm_arns = [] }
  }

  expect_failures = [var.fault]
}

run "fault_of_an_hour_and_more_is_refused" {
  command = plan

  variables {
    fault = { node_group_arns = ["arn:aws:eks:eu-central-1:123456789012:nodegroup/a/b/c"], stop_alarm_arns = ["a"], minutes = 90 }
  }

  expect_failures = [var.fault]
}

run "approval_by_name_is_refused" {
  command = plan

  variables {
    arc = { approval_role_arn = "me" }
  }

  expect_failures = [var.arc]
}
