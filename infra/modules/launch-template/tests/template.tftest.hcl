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

run "metadata_needs_a_token_and_stays_on_the_host" {
  command = plan

  assert {
    condition     = aws_launch_template.this.metadata_options[0].http_tokens == "required" && aws_launch_template.this.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "IMDSv2 must be required and its answers must not reach containers."
  }
}

run "volumes_are_encrypted_with_our_key" {
  command = plan

  assert {
    condition     = aws_launch_template.this.block_device_mappings[0].ebs[0].encrypted == "true" && aws_launch_template.this.block_device_mappings[0].ebs[0].kms_key_id == var.kms_key_arn
    error_message = "Volumes must be encrypted with the given key."
  }
}

run "no_interface_has_a_public_address" {
  command = plan

  variables {
    network = {
      security_group_ids    = ["sg-0123456789abcdef0"]
      additional_interfaces = { market = { device_index = 1, network_card_index = 1 } }
    }
  }

  assert {
    condition     = [for interface in aws_launch_template.this.network_interfaces : interface.associate_public_ip_address] == ["false", "false"]
    error_message = "No interface may get a public address."
  }

  assert {
    condition     = aws_launch_template.this.network_interfaces[1].device_index == 1 && aws_launch_template.this.network_interfaces[1].network_card_index == 1
    error_message = "The further interface must be on its own card."
  }
}

run "ena_express_is_off_in_writing" {
  command = plan

  assert {
    condition     = !aws_launch_template.this.network_interfaces[0].ena_srd_specification[0].ena_srd_enabled && !aws_launch_template.this.network_interfaces[0].ena_srd_specification[0].ena_srd_udp_specification[0].ena_srd_udp_enabled
    error_message = "ENA Express must be off, in writing: an instance type may have it on."
  }
}

run "prod_is_protected_from_termination" {
  command = plan

  assert {
    condition     = aws_launch_template.this.disable_api_termination && aws_launch_template.this.disable_api_stop
    error_message = "Instances in prod must not be terminated or stopped by a call."
  }
}

run "dev_is_not_protected" {
  command = plan

  variables {
    environment = "dev"
  }

  assert {
    condition     = !aws_launch_template.this.disable_api_termination
    error_message = "Instances in dev must go with their group."
  }
}

run "instances_volumes_and_interfaces_are_tagged" {
  command = plan

  assert {
    condition     = toset([for specification in aws_launch_template.this.tag_specifications : specification.resource_type]) == toset(["instance", "network-interface", "volume"])
    error_message = "All three resource types must be tagged: EC2 copies no tag of the template."
  }

  assert {
    condition     = alltrue([for specification in aws_launch_template.this.tag_specifications : specification.tags["data_class"] == "confidential"])
    error_message = "The given tags must be on each of them."
  }
}

run "smt_off_and_reservation_are_written" {
  command = plan

  variables {
    instance  = { type = "c7i.4xlarge", core_count = 8, threads_per_core = 1 }
    placement = { group_name = "orderflow-prod-hot-euw1-az1", capacity_reservation = { id = "cr-0123456789abcdef0" } }
  }

  assert {
    condition     = aws_launch_template.this.cpu_options[0].threads_per_core == 1 && aws_launch_template.this.cpu_options[0].core_count == 8
    error_message = "SMT must be off in the template, not in the guest."
  }

  assert {
    condition     = aws_launch_template.this.capacity_reservation_specification[0].capacity_reservation_target[0].capacity_reservation_id == "cr-0123456789abcdef0" && aws_launch_template.this.placement[0].group_name == "orderflow-prod-hot-euw1-az1"
    error_message = "The reservation and the placement group must be the template's target."
  }
}

run "spot_by_requirements" {
  command = plan

  variables {
    instance = {
      spot         = { max_price = "0.20" }
      requirements = { vcpu_min = 2, vcpu_max = 8, memory_mib_min = 4096 }
    }
  }

  assert {
    condition     = aws_launch_template.this.instance_market_options[0].market_type == "spot" && !aws_launch_template.this.disable_api_termination
    error_message = "A Spot instance can't have termination protection: EC2 refuses the launch."
  }

  assert {
    condition     = aws_launch_template.this.instance_requirements[0].burstable_performance == "excluded"
    error_message = "Burstable types must be asked for."
  }
}

run "burstable_with_credits_hibernation_and_dashboard" {
  command = plan

  variables {
    instance             = { type = "t4g.small", credits = "standard" }
    options              = { hibernation = true, shutdown_behavior = "stop", instance_profile_arn = "arn:aws:iam::123456789012:instance-profile/app" }
    dashboard_group_name = "orderflow-prod-app"
  }

  assert {
    condition     = aws_launch_template.this.credit_specification[0].cpu_credits == "standard" && aws_launch_template.this.hibernation_options[0].configured && aws_launch_template.this.iam_instance_profile[0].arn == "arn:aws:iam::123456789012:instance-profile/app"
    error_message = "Credits, hibernation and profile must be in the template."
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this["this"].dashboard_body).widgets) == 5
    error_message = "The dashboard must show the group."
  }
}

run "enclave_without_hibernation" {
  command = plan

  variables {
    options = { enclave = true }
  }

  assert {
    condition     = aws_launch_template.this.enclave_options[0].enabled && length(aws_launch_template.this.hibernation_options) == 0
    error_message = "An enclave must be on without a hibernation block."
  }
}
