provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name        = "orderflow-prod-hot"
  region      = "eu-west-1"
  environment = "prod"
  use         = "asg"
  image_id    = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  instance    = { type = "c7i.4xlarge" }
  network     = { security_group_ids = ["sg-0123456789abcdef0"] }
  user_data   = { audit_log_group = "/orderflow-prod/nodes/audit", script = "#!/bin/bash\necho ready\n" }
  tags        = { service = "order-router", data_class = "confidential" }
}

run "device_twice_is_refused" {
  command = plan

  variables {
    network = { security_group_ids = ["sg-0123456789abcdef0"], additional_interfaces = { a = { device_index = 1 }, b = { device_index = 1 } } }
  }

  expect_failures = [var.network]
}

run "volume_by_number_is_refused" {
  command = plan

  variables {
    volumes = { "0" = {} }
  }

  expect_failures = [var.volumes]
}

run "tiny_volume_is_refused" {
  command = plan

  variables {
    volumes = { "/dev/xvda" = { size_gib = 1 } }
  }

  expect_failures = [var.volumes]
}

run "old_volume_type_is_refused" {
  command = plan

  variables {
    volumes = { "/dev/xvda" = { type = "gp2", iops = 3000 } }
  }

  expect_failures = [var.volumes]
}

run "io2_without_iops_is_refused" {
  command = plan

  variables {
    volumes = { "/dev/xvda" = { type = "io2" } }
  }

  expect_failures = [var.volumes]
}

run "unknown_tenancy_is_refused" {
  command = plan

  variables {
    placement = { tenancy = "shared" }
  }

  expect_failures = [var.placement]
}

run "two_reservation_targets_are_refused" {
  command = plan

  variables {
    placement = { capacity_reservation = { preference = "open", id = "cr-0123456789abcdef0" } }
  }

  expect_failures = [var.placement]
}

run "unknown_preference_is_refused" {
  command = plan

  variables {
    placement = { capacity_reservation = { preference = "maybe" } }
  }

  expect_failures = [var.placement]
}

run "profile_in_a_managed_group_is_refused" {
  command = plan

  variables {
    use     = "eks"
    options = { instance_profile_arn = "arn:aws:iam::123456789012:instance-profile/app" }
  }

  expect_failures = [var.options]
}

run "hibernation_with_enclave_is_refused" {
  command = plan

  variables {
    options = { hibernation = true, enclave = true }
  }

  expect_failures = [var.options]
}

run "unknown_shutdown_is_refused" {
  command = plan

  variables {
    options = { shutdown_behavior = "sleep" }
  }

  expect_failures = [var.options]
}

run "node_config_in_an_asg_is_refused" {
  command = plan

  variables {
    user_data = { node_config = "kind: NodeConfig" }
  }

  expect_failures = [var.user_data]
}

run "script_without_interpreter_is_refused" {
  command = plan

  variables {
    user_data = { script = "echo ready" }
  }

  expect_failures = [var.user_data]
}

run "user_data_too_long_is_refused" {
  command = plan

  variables {
    user_data = { script = join("", concat(["#!/bin/bash\n"], [for i in range(1000) : "echo 0123456789\n"])) }
  }

  expect_failures = [var.user_data]
}

run "toml_beside_mime_is_refused" {
  command = plan

  variables {
    use                   = "eks"
    bottlerocket_settings = "[settings]"
  }

  expect_failures = [var.bottlerocket_settings]
}

run "group_name_with_a_space_is_refused" {
  command = plan

  variables {
    dashboard_group_name = "my group"
  }

  expect_failures = [var.dashboard_group_name]
}

run "reserved_tag_is_refused" {
  command = plan

  variables {
    tags = { Name = "mine" }
  }

  expect_failures = [var.tags]
}
