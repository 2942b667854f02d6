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
  environment     = "prod"
  account_id      = "123456789012"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"

  container = {
    image          = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/orderflow-prod/reconciler@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    repository_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/orderflow-prod/reconciler"
    environment    = { PORT = "8080" }
    secrets        = { DATABASE_PASSWORD = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orderflow-prod/reconciler/database-AbCdEf:password::" }
  }

  network = {
    vpc_id     = "vpc-0123456789abcdef0"
    subnet_ids = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1", euw1-az2 = "subnet-0aaaaaaaaaaaaaaa2" }
    egress     = { endpoints = { security_group_id = "sg-0123456789abcdef0" }, s3 = { prefix_list_id = "pl-0123456789abcdef0" } }
  }

  ingress = {
    listener_arn             = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/orderflow-prod-api/0123456789abcdef/0123456789abcdef"
    load_balancer_arn_suffix = "app/orderflow-prod-api/0123456789abcdef"
    security_group_id        = "sg-0123456789abcdef1"
    hosts                    = ["api.orderflow.example.com"]
  }
}

run "one_zone_is_refused" {
  command = plan

  variables {
    network = merge(var.network, { subnet_ids = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1" } })
  }

  expect_failures = [var.network]
}

run "egress_to_nowhere_is_refused" {
  command = plan

  variables {
    network = merge(var.network, { egress = { a = {} } })
  }

  expect_failures = [var.network]
}

run "no_host_is_refused" {
  command = plan

  variables {
    ingress = merge(var.ingress, { hosts = [] })
  }

  expect_failures = [var.ingress]
}

run "first_priority_is_refused" {
  command = plan

  variables {
    ingress = merge(var.ingress, { priority = 1 })
  }

  expect_failures = [var.ingress]
}

run "network_listener_is_refused" {
  command = plan

  variables {
    ingress = merge(var.ingress, { listener_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/net/a/b/c" })
  }

  expect_failures = [var.ingress]
}

run "max_below_min_is_refused" {
  command = plan

  variables {
    scaling = { min = 4, max = 2 }
  }

  expect_failures = [var.scaling]
}

run "one_task_in_prod_is_refused" {
  command = plan

  variables {
    scaling = { min = 1 }
  }

  expect_failures = [var.scaling]
}

run "target_of_95_percent_is_refused" {
  command = plan

  variables {
    scaling = { cpu_percent = 95 }
  }

  expect_failures = [var.scaling]
}

run "unknown_controller_is_refused" {
  command = plan

  variables {
    deployment = { controller = "external" }
  }

  expect_failures = [var.deployment]
}

run "unknown_strategy_is_refused" {
  command = plan

  variables {
    deployment = { strategy = "ROLLING" }
  }

  expect_failures = [var.deployment]
}

run "no_way_back_is_refused" {
  command = plan

  variables {
    deployment = { bake_minutes = 0 }
  }

  expect_failures = [var.deployment]
}

run "canary_of_all_is_refused" {
  command = plan

  variables {
    deployment = { canary_percent = 100 }
  }

  expect_failures = [var.deployment]
}

run "odd_step_with_codedeploy_is_refused" {
  command = plan

  variables {
    deployment = { controller = "codedeploy", strategy = "CANARY", canary_percent = 5 }
  }

  expect_failures = [var.deployment]
}

run "alarm_without_errors_is_refused" {
  command = plan

  variables {
    deployment = { errors_per_minute = 0 }
  }

  expect_failures = [var.deployment]
}

run "policy_that_is_none_is_refused" {
  command = plan

  variables {
    task_policies = { service = "allow" }
  }

  expect_failures = [var.task_policies]
}

run "policy_over_the_own_one_is_refused" {
  command = plan

  variables {
    task_policies = { exec = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  expect_failures = [var.task_policies]
}

run "shell_in_prod_is_refused" {
  command = plan

  variables {
    exec_allowed = true
  }

  expect_failures = [var.exec_allowed]
}
