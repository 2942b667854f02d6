provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name         = "orderflow-prod"
  region       = "eu-west-1"
  environment  = "prod"
  account_id   = "123456789012"
  cluster_name = "orderflow-prod"
  kms_key_arn  = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"

  versions = {
    vpc_cni                  = "v1.20.4-eksbuild.1"
    kube_proxy               = "v1.34.0-eksbuild.2"
    coredns                  = "v1.12.3-eksbuild.1"
    pod_identity_agent       = "v1.3.8-eksbuild.2"
    node_monitoring_agent    = "v1.4.0-eksbuild.2"
    ebs_csi_driver           = "v1.50.1-eksbuild.1"
    efs_csi_driver           = "v2.1.12-eksbuild.1"
    guardduty_agent          = "v1.12.1-eksbuild.2"
    cloudwatch_observability = "v4.4.0-eksbuild.1"
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
    cluster_name = "arn:aws:eks:a:b:cluster/c"
  }

  expect_failures = [var.cluster_name]
}

run "short_version_is_refused" {
  command = plan

  variables {
    versions = merge(var.versions, { coredns = "1.12" })
  }

  expect_failures = [var.versions]
}

run "prod_without_guardduty_is_refused" {
  command = plan

  variables {
    versions = merge(var.versions, { guardduty_agent = null })
  }

  expect_failures = [var.versions]
}

run "pod_zone_by_name_is_refused" {
  command = plan

  variables {
    pod_network = { security_group_ids = ["sg-0123456789abcdef0"], zones = { eu-west-1a = { zone_name = "eu-west-1a", subnet_id = "subnet-0aaaaaaaaaaaaaaa1" } } }
  }

  expect_failures = [var.pod_network]
}

run "pods_without_a_group_are_refused" {
  command = plan

  variables {
    pod_network = { security_group_ids = [], zones = { euw1-az1 = { zone_name = "eu-west-1a", subnet_id = "subnet-0aaaaaaaaaaaaaaa1" } } }
  }

  expect_failures = [var.pod_network]
}
