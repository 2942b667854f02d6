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

run "name_with_capitals_is_refused" {
  command = plan

  variables {
    name = "Reconciler"
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
    kms_key_arn = "alias/ecs"
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

run "image_by_tag_is_refused" {
  command = plan

  variables {
    container = merge(var.container, { image = "reconciler:latest" })
  }

  expect_failures = [var.container]
}

run "repository_by_name_is_refused" {
  command = plan

  variables {
    container = merge(var.container, { repository_arn = "reconciler" })
  }

  expect_failures = [var.container]
}

run "odd_cpu_is_refused" {
  command = plan

  variables {
    container = merge(var.container, { cpu = 300, memory_mib = 1024 })
  }

  expect_failures = [var.container]
}

run "memory_that_fargate_has_not_is_refused" {
  command = plan

  variables {
    container = merge(var.container, { memory_mib = 512 })
  }

  expect_failures = [var.container]
}

run "unknown_architecture_is_refused" {
  command = plan

  variables {
    container = merge(var.container, { architecture = "arm64" })
  }

  expect_failures = [var.container]
}

run "privileged_port_is_refused" {
  command = plan

  variables {
    container = merge(var.container, { port = 80 })
  }

  expect_failures = [var.container]
}

run "secret_by_value_is_refused" {
  command = plan

  variables {
    container = merge(var.container, { secrets = { PASSWORD = "hunter2" } })
  }

  expect_failures = [var.container]
}

run "health_path_without_a_slash_is_refused" {
  command = plan

  variables {
    container = merge(var.container, { health_path = "ready" })
  }

  expect_failures = [var.container]
}

run "instant_kill_is_refused" {
  command = plan

  variables {
    container = merge(var.container, { stop_seconds = 1 })
  }

  expect_failures = [var.container]
}

run "vpc_by_name_is_refused" {
  command = plan

  variables {
    network = merge(var.network, { vpc_id = "main" })
  }

  expect_failures = [var.network]
}
