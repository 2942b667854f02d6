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
  environment = "prod"
  account_id  = "123456789012"
  kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"

  cluster = {
    name               = "orderflow-prod"
    node_role_arn      = "arn:aws:iam::123456789012:role/orderflow-prod-node-eu-west-1"
    node_role_name     = "orderflow-prod-node-eu-west-1"
    security_group_ids = ["sg-0123456789abcdef0"]
  }

  system_pool = {
    subnet_ids         = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1", euw1-az2 = "subnet-0aaaaaaaaaaaaaaa2" }
    kubernetes_version = "1.34"
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
    kms_key_arn = "alias/ebs"
  }

  expect_failures = [var.kms_key_arn]
}

run "cluster_by_arn_is_refused" {
  command = plan

  variables {
    cluster = merge(var.cluster, { name = "arn:aws:eks:a:b:cluster/c" })
  }

  expect_failures = [var.cluster]
}

run "no_group_is_refused" {
  command = plan

  variables {
    cluster = merge(var.cluster, { security_group_ids = [] })
  }

  expect_failures = [var.cluster]
}

run "two_roles_are_refused" {
  command = plan

  variables {
    cluster = merge(var.cluster, { node_role_name = "other" })
  }

  expect_failures = [var.cluster]
}

run "zone_by_name_is_refused" {
  command = plan

  variables {
    system_pool = { subnet_ids = { eu-west-1a = "subnet-0aaaaaaaaaaaaaaa1" } }
  }

  expect_failures = [var.system_pool]
}

run "empty_pool_is_refused" {
  command = plan

  variables {
    system_pool = { subnet_ids = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1" }, min = 0, desired = 0 }
  }

  expect_failures = [var.system_pool]
}

run "old_image_is_refused" {
  command = plan

  variables {
    system_pool = { subnet_ids = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1" }, ami_type = "AL2_x86_64" }
  }

  expect_failures = [var.system_pool]
}

run "no_type_is_refused" {
  command = plan

  variables {
    system_pool = { subnet_ids = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1" }, instance_types = [] }
  }

  expect_failures = [var.system_pool]
}

run "unknown_autoscaler_is_refused" {
  command = plan

  variables {
    autoscaler = { kind = "keda" }
  }

  expect_failures = [var.autoscaler]
}

run "namespace_with_capitals_is_refused" {
  command = plan

  variables {
    autoscaler = { namespace = "Kube" }
  }

  expect_failures = [var.autoscaler]
}

run "reserved_tag_is_refused" {
  command = plan

  variables {
    tags = { "aws:owner" = "me" }
  }

  expect_failures = [var.tags]
}
