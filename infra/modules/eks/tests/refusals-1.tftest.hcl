provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name               = "orderflow-prod"
  region             = "eu-west-1"
  environment        = "prod"
  account_id         = "123456789012"
  kubernetes_version = "1.34"
  kms_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn    = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"

  network = {
    vpc_id     = "vpc-0123456789abcdef0"
    subnet_ids = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1", euw1-az2 = "subnet-0aaaaaaaaaaaaaaa2" }
  }

  access_entries = {
    deploy = {
      principal_arn = "arn:aws:iam::123456789012:role/orderflow-prod-deploy"
      policies      = { AmazonEKSClusterAdminPolicy = [] }
    }
    support = {
      principal_arn     = "arn:aws:iam::123456789012:role/orderflow-prod-support"
      kubernetes_groups = ["orderflow-support"]
      policies          = { AmazonEKSViewPolicy = ["orderflow"] }
    }
  }

  pod_identities = {
    order-router = {
      namespace       = "orderflow"
      service_account = "order-router"
      policy_json     = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
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

run "vpc_by_name_is_refused" {
  command = plan

  variables {
    network = merge(var.network, { vpc_id = "main" })
  }

  expect_failures = [var.network]
}

run "one_zone_is_refused" {
  command = plan

  variables {
    network = merge(var.network, { subnet_ids = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1" } })
  }

  expect_failures = [var.network]
}

run "zone_by_name_is_refused" {
  command = plan

  variables {
    network = merge(var.network, { subnet_ids = { eu-west-1a = "subnet-0aaaaaaaaaaaaaaa1", euw1-az2 = "subnet-0aaaaaaaaaaaaaaa2" } })
  }

  expect_failures = [var.network]
}

run "old_version_is_refused" {
  command = plan

  variables {
    kubernetes_version = "1.29"
  }

  expect_failures = [var.kubernetes_version]
}

run "key_by_alias_is_refused" {
  command = plan

  variables {
    kms_key_arn = "alias/eks"
  }

  expect_failures = [var.kms_key_arn]
}

run "retention_that_logs_refuse_is_refused" {
  command = plan

  variables {
    log_retention_days = 366
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

run "topic_by_name_is_refused" {
  command = plan

  variables {
    alarm_topic_arn = "alarms"
  }

  expect_failures = [var.alarm_topic_arn]
}
