provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name        = "orderflow-prod-hot"
  region      = "us-east-1"
  environment = "prod"
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"

  cluster = {
    name               = "orderflow-prod"
    node_role_arn      = "arn:aws:iam::123456789012:role/orderflow-prod-node-us-east-1"
    security_group_ids = ["sg-0123456789abcdef0"]
  }

  zones = {
    use1-az2 = { zone_name = "us-east-1a", subnet_id = "subnet-0aaaaaaaaaaaaaaa1", desired = 2, min = 2, max = 2, reserved = 2 }
    use1-az4 = { zone_name = "us-east-1b", subnet_id = "subnet-0aaaaaaaaaaaaaaa2", desired = 0, max = 2 }
  }

  instance = { type = "c7i.8xlarge", cores = 16, kubernetes_version = "1.34" }
}

run "name_with_capitals_is_refused" {
  command = plan

  variables {
    name = "Hot"
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
    cluster = merge(var.cluster, { name = "arn:aws:eks:us-east-1:123456789012:cluster/a" })
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

run "role_by_name_is_refused" {
  command = plan

  variables {
    cluster = merge(var.cluster, { node_role_arn = "node" })
  }

  expect_failures = [var.cluster]
}

run "zone_by_name_is_refused" {
  command = plan

  variables {
    zones = { us-east-1a = { zone_name = "us-east-1a", subnet_id = "subnet-0aaaaaaaaaaaaaaa1", desired = 0, max = 1 } }
  }

  expect_failures = [var.zones]
}

run "desired_above_max_is_refused" {
  command = plan

  variables {
    zones = { use1-az2 = { zone_name = "us-east-1a", subnet_id = "subnet-0aaaaaaaaaaaaaaa1", desired = 3, max = 2 } }
  }

  expect_failures = [var.zones]
}

run "reservation_above_max_is_refused" {
  command = plan

  variables {
    zones = { use1-az2 = { zone_name = "us-east-1a", subnet_id = "subnet-0aaaaaaaaaaaaaaa1", desired = 0, max = 2, reserved = 3 } }
  }

  expect_failures = [var.zones]
}

run "zone_twice_is_refused" {
  command = plan

  variables {
    zones = { use1-az2 = { zone_name = "us-east-1a", subnet_id = "subnet-0aaaaaaaaaaaaaaa1", desired = 0, max = 2 }, use1-az4 = { zone_name = "us-east-1a", subnet_id = "subnet-0aaaaaaaaaaaaaaa1", desired = 0, max = 2 } }
  }

  expect_failures = [var.zones]
}

run "burstable_type_is_refused" {
  command = plan

  variables {
    instance = { type = "t3.medium", cores = 2 }
  }

  expect_failures = [var.instance]
}

run "single_core_is_refused" {
  command = plan

  variables {
    instance = { type = "c7i.large", cores = 1 }
  }

  expect_failures = [var.instance]
}

run "unknown_architecture_is_refused" {
  command = plan

  variables {
    instance = { type = "c7i.8xlarge", cores = 16, architecture = "arm" }
  }

  expect_failures = [var.instance]
}

run "own_image_without_cluster_is_refused" {
  command = plan

  variables {
    instance = { type = "c7i.8xlarge", cores = 16, image_id = "ami-0123456789abcdef0" }
  }

  expect_failures = [var.instance]
}

run "half_a_page_is_refused" {
  command = plan

  variables {
    instance = { type = "c7i.8xlarge", cores = 16, huge_pages = 0.5 }
  }

  expect_failures = [var.instance]
}

run "reserved_label_is_refused" {
  command = plan

  variables {
    labels = { "orderflow.io/pool" = "mine" }
  }

  expect_failures = [var.labels]
}

run "log_group_with_a_space_is_refused" {
  command = plan

  variables {
    audit_log_group = "audit log"
  }

  expect_failures = [var.audit_log_group]
}

run "reserved_tag_is_refused" {
  command = plan

  variables {
    tags = { "aws:owner" = "me" }
  }

  expect_failures = [var.tags]
}
