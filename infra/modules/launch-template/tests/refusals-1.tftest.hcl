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

run "name_with_a_space_is_refused" {
  command = plan

  variables {
    name = "hot pool"
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

run "unknown_use_is_refused" {
  command = plan

  variables {
    use = "ec2"
  }

  expect_failures = [var.use]
}

run "image_by_name_is_refused" {
  command = plan

  variables {
    image_id = "al2023"
  }

  expect_failures = [var.image_id]
}

run "asg_without_image_is_refused" {
  command = plan

  variables {
    image_id = null
  }

  expect_failures = [var.image_id]
}

run "type_without_size_is_refused" {
  command = plan

  variables {
    instance = { type = "c7i" }
  }

  expect_failures = [var.instance]
}

run "type_with_requirements_is_refused" {
  command = plan

  variables {
    instance = { type = "c7i.large", requirements = { vcpu_min = 2, vcpu_max = 8, memory_mib_min = 4096 } }
  }

  expect_failures = [var.instance]
}

run "asg_without_type_is_refused" {
  command = plan

  variables {
    instance = {}
  }

  expect_failures = [var.instance]
}

run "spot_in_a_managed_group_is_refused" {
  command = plan

  variables {
    use      = "eks"
    instance = { type = "c7i.large", spot = {} }
  }

  expect_failures = [var.instance]
}

run "three_threads_are_refused" {
  command = plan

  variables {
    instance = { type = "c7i.large", core_count = 1, threads_per_core = 3 }
  }

  expect_failures = [var.instance]
}

run "threads_without_cores_are_refused" {
  command = plan

  variables {
    instance = { type = "c7i.large", threads_per_core = 1 }
  }

  expect_failures = [var.instance]
}

run "credits_without_burstable_type_are_refused" {
  command = plan

  variables {
    instance = { type = "c7i.large", credits = "standard" }
  }

  expect_failures = [var.instance]
}

run "requirements_upside_down_are_refused" {
  command = plan

  variables {
    instance = { requirements = { vcpu_min = 8, vcpu_max = 2, memory_mib_min = 4096 } }
  }

  expect_failures = [var.instance]
}

run "no_security_group_is_refused" {
  command = plan

  variables {
    network = { security_group_ids = [] }
  }

  expect_failures = [var.network]
}

run "subnet_in_a_managed_group_is_refused" {
  command = plan

  variables {
    use     = "eks"
    network = { security_group_ids = ["sg-0123456789abcdef0"], subnet_id = "subnet-0123456789abcdef0" }
  }

  expect_failures = [var.network]
}

run "second_primary_interface_is_refused" {
  command = plan

  variables {
    network = { security_group_ids = ["sg-0123456789abcdef0"], additional_interfaces = { a = { device_index = 0 } } }
  }

  expect_failures = [var.network]
}
