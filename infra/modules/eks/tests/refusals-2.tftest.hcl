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

run "public_service_range_is_refused" {
  command = plan

  variables {
    control_plane = { service_ipv4_cidr = "8.8.0.0/16" }
  }

  expect_failures = [var.control_plane]
}

run "unknown_tier_is_refused" {
  command = plan

  variables {
    control_plane = { scaling_tier = "tier-small" }
  }

  expect_failures = [var.control_plane]
}

run "unknown_support_is_refused" {
  command = plan

  variables {
    control_plane = { support_type = "PREMIUM" }
  }

  expect_failures = [var.control_plane]
}

run "user_as_principal_is_refused" {
  command = plan

  variables {
    access_entries = { me = { principal_arn = "arn:aws:iam::123456789012:user/me" } }
  }

  expect_failures = [var.access_entries]
}

run "policy_by_arn_is_refused" {
  command = plan

  variables {
    access_entries = { me = { principal_arn = "arn:aws:iam::123456789012:role/me", policies = { "arn:aws:iam::aws:policy/ReadOnly" = [] } } }
  }

  expect_failures = [var.access_entries]
}

run "system_group_is_refused" {
  command = plan

  variables {
    access_entries = { me = { principal_arn = "arn:aws:iam::123456789012:role/me", kubernetes_groups = ["system:masters"] } }
  }

  expect_failures = [var.access_entries]
}

run "long_pod_role_is_refused" {
  command = plan

  variables {
    pod_identities = { a-name-that-is-far-too-long = { namespace = "a", service_account = "b", policy_json = "{}" } }
  }

  expect_failures = [var.pod_identities]
}

run "service_account_with_two_roles_is_refused" {
  command = plan

  variables {
    pod_identities = { one = { namespace = "a", service_account = "b", policy_json = "{}" }, two = { namespace = "a", service_account = "b", policy_json = "{}" } }
  }

  expect_failures = [var.pod_identities]
}

run "unknown_node_pool_is_refused" {
  command = plan

  variables {
    auto_mode = { node_pools = ["hot"] }
  }

  expect_failures = [var.auto_mode]
}

run "wildcard_audience_is_refused" {
  command = plan

  variables {
    oidc_audiences = ["*"]
  }

  expect_failures = [var.oidc_audiences]
}

run "unprotected_prod_is_refused" {
  command = plan

  variables {
    deletion_protection = false
  }

  expect_failures = [var.deletion_protection]
}
