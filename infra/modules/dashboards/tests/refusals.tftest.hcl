provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name          = "orderflow-prod"
  region        = "eu-west-1"
  other_regions = ["eu-central-1"]
  notes         = "Runbooks: deploy/runbooks"
  alarm_arns    = ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orderflow-prod-orders-not-flowing"]
  limits        = { monthly_usd = 40000 }

  compute = {
    cluster_name = "orderflow-prod"
    services     = { reconciler = { cluster = "orderflow-prod-reconciler", service = "orderflow-prod-reconciler" } }
    functions    = ["orderflow-prod-secret-rotation"]
  }

  edge = {
    load_balancer    = "app/orderflow-prod-api/0123456789abcdef"
    web_acl          = "orderflow-prod-api"
    nat_gateway_ids  = { euw1-az1 = "nat-0123456789abcdef0" }
    certificate_arns = { api = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555" }
    health_check_ids = { primary = "11111111-2222-3333-4444-555555555555" }
  }

  data = {
    tables          = ["orderflow-prod-journal", "orderflow-prod-orders"]
    replica_regions = { orderflow-prod-orders = ["eu-central-1"] }
    databases       = ["orderflow-prod-reconciler"]
    file_systems    = ["fs-0123456789abcdef0"]
    buckets         = ["orderflow-prod-eu-west-1-123456789012-audit"]
  }

  flow = {
    streams            = ["orderflow-prod-orders"]
    queues             = ["orderflow-prod-venue-XLON.fifo"]
    dead_letter_queues = ["orderflow-prod-orders-dlq"]
    topics             = ["orderflow-prod-alarms"]
    buses              = ["orderflow-prod"]
  }

  delivery = {
    lock_tables    = ["orderflow-state-locks"]
    state_buckets  = ["orderflow-eu-west-1-123456789012-state"]
    pipelines      = ["orderflow-prod"]
    build_projects = ["orderflow-prod-plan"]
  }

  log_groups = {
    application = "/orderflow-prod/services"
    trail       = "/orderflow-prod/trail"
    flow        = "/orderflow-prod/flow"
    firewall    = "aws-waf-logs-orderflow-prod-api"
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

run "other_region_that_is_none_is_refused" {
  command = plan

  variables {
    other_regions = ["Frankfurt"]
  }

  expect_failures = [var.other_regions]
}

run "novel_is_refused" {
  command = plan

  variables {
    notes = join("", [for i in range(1001) : "x"])
  }

  expect_failures = [var.notes]
}

run "limit_of_nothing_is_refused" {
  command = plan

  variables {
    limits = { iterator_age_ms = 0 }
  }

  expect_failures = [var.limits]
}

run "alarm_by_name_is_refused" {
  command = plan

  variables {
    alarm_arns = ["orders"]
  }

  expect_failures = [var.alarm_arns]
}

run "function_by_arn_is_refused" {
  command = plan

  variables {
    compute = { functions = ["arn:aws:lambda:eu-west-1:123456789012:function:a"] }
  }

  expect_failures = [var.compute]
}

run "load_balancer_by_name_is_refused" {
  command = plan

  variables {
    edge = { load_balancer = "api" }
  }

  expect_failures = [var.edge]
}

run "replica_of_an_unknown_table_is_refused" {
  command = plan

  variables {
    data = { replica_regions = { a = ["eu-central-1"] } }
  }

  expect_failures = [var.data]
}

run "queue_as_its_own_dead_letters_is_refused" {
  command = plan

  variables {
    flow = { queues = ["a"], dead_letter_queues = ["a"] }
  }

  expect_failures = [var.flow]
}

run "bucket_by_arn_is_refused" {
  command = plan

  variables {
    delivery = { state_buckets = ["arn:aws:s3:::a"] }
  }

  expect_failures = [var.delivery]
}

run "log_group_with_a_space_is_refused" {
  command = plan

  variables {
    log_groups = { trail = "my trail" }
  }

  expect_failures = [var.log_groups]
}

run "service_with_a_space_is_refused" {
  command = plan

  variables {
    billed_services = ["Amazon DynamoDB"]
  }

  expect_failures = [var.billed_services]
}
