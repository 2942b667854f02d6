# One launch template, for a managed node group (use = eks) or an Auto Scaling group (use = asg).

locals {
  prod = var.environment == "prod"
  spot = var.instance.spot != null

  # EC2 copies no tag of the template to what it launches, and default_tags stop at the template.
  tagged = toset(["instance", "network-interface", "volume"])
}

resource "aws_launch_template" "this" {
  region                               = var.region
  name                                 = var.name
  description                          = "Nodes of ${var.name}, for ${var.use}"
  update_default_version               = true
  image_id                             = var.image_id
  instance_type                        = var.instance.type
  ebs_optimized                        = "true"
  user_data                            = local.user_data == null ? null : base64encode(local.user_data)
  disable_api_termination              = local.prod && !local.spot # a Spot instance can't have it; a group's scale-in isn't stopped by it
  disable_api_stop                     = local.prod && var.use == "asg" && !local.spot
  instance_initiated_shutdown_behavior = var.options.shutdown_behavior

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1 # a container is one hop further and gets nothing
    http_protocol_ipv6          = "disabled"
    instance_metadata_tags      = "disabled"
  }

  monitoring {
    enabled = var.options.detailed_monitoring
  }

  dynamic "block_device_mappings" {
    for_each = var.volumes

    content {
      device_name = block_device_mappings.key

      ebs {
        encrypted             = "true"
        kms_key_id            = var.kms_key_arn
        volume_type           = block_device_mappings.value.type
        volume_size           = block_device_mappings.value.size_gib
        iops                  = block_device_mappings.value.iops
        throughput            = block_device_mappings.value.throughput_mibs
        delete_on_termination = "true"
      }
    }
  }

  network_interfaces {
    device_index                = 0
    network_card_index          = 0
    description                 = "${var.name} primary"
    associate_public_ip_address = "false"
    delete_on_termination       = "true"
    security_groups             = var.network.security_group_ids
    subnet_id                   = var.network.subnet_id

    ena_srd_specification {
      ena_srd_enabled = var.network.ena_express

      ena_srd_udp_specification {
        ena_srd_udp_enabled = var.network.ena_express
      }
    }
  }

  dynamic "network_interfaces" {
    for_each = var.network.additional_interfaces

    content {
      device_index                = network_interfaces.value.device_index
      network_card_index          = network_interfaces.value.network_card_index
      interface_type              = network_interfaces.value.type
      description                 = "${var.name} ${network_interfaces.key}"
      associate_public_ip_address = "false"
      delete_on_termination       = "true"
      security_groups             = var.network.security_group_ids
    }
  }

  dynamic "iam_instance_profile" {
    for_each = var.options.instance_profile_arn == null ? [] : [var.options.instance_profile_arn]

    content {
      arn = iam_instance_profile.value
    }
  }

  dynamic "hibernation_options" {
    for_each = var.options.hibernation ? [true] : []

    content {
      configured = true
    }
  }

  enclave_options {
    enabled = var.options.enclave
  }

  maintenance_options {
    auto_recovery = "default"
  }

  dynamic "tag_specifications" {
    for_each = local.tagged

    content {
      resource_type = tag_specifications.value
      tags          = merge(var.tags, { Name = var.name })
    }
  }

  dynamic "instance_requirements" {
    for_each = var.instance.requirements == null ? [] : [var.instance.requirements]

    content {
      excluded_instance_types = instance_requirements.value.excluded_types
      burstable_performance   = instance_requirements.value.burstable
      instance_generations    = ["current"]

      vcpu_count {
        min = instance_requirements.value.vcpu_min
        max = instance_requirements.value.vcpu_max
      }

      memory_mib {
        min = instance_requirements.value.memory_mib_min
        max = instance_requirements.value.memory_mib_max
      }
    }
  }

  dynamic "instance_market_options" {
    for_each = var.instance.spot == null ? [] : [var.instance.spot]

    content {
      market_type = "spot"

      spot_options {
        max_price                      = instance_market_options.value.max_price
        instance_interruption_behavior = "terminate"
        spot_instance_type             = "one-time"
      }
    }
  }

  dynamic "credit_specification" {
    for_each = var.instance.credits == null ? [] : [var.instance.credits]

    content {
      cpu_credits = credit_specification.value
    }
  }

  dynamic "cpu_options" {
    for_each = var.instance.threads_per_core == null ? [] : [var.instance.threads_per_core]

    content {
      core_count       = var.instance.core_count
      threads_per_core = cpu_options.value
    }
  }

  dynamic "placement" {
    for_each = var.placement == null ? [] : [var.placement]

    content {
      group_name = placement.value.group_name
      tenancy    = placement.value.tenancy
    }
  }

  dynamic "capacity_reservation_specification" {
    for_each = [for reservation in [var.placement == null ? null : var.placement.capacity_reservation] : reservation if reservation != null]

    content {
      capacity_reservation_preference = capacity_reservation_specification.value.preference

      dynamic "capacity_reservation_target" {
        for_each = capacity_reservation_specification.value.preference == null ? [1] : []

        content {
          capacity_reservation_id                 = capacity_reservation_specification.value.id
          capacity_reservation_resource_group_arn = capacity_reservation_specification.value.resource_group_arn
        }
      }
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}
