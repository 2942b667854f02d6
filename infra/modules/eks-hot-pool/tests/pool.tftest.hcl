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

run "one_group_per_zone_in_its_own_placement_group" {
  command = plan

  assert {
    condition     = keys(aws_eks_node_group.this) == ["use1-az2", "use1-az4"] && aws_eks_node_group.this["use1-az2"].subnet_ids == toset(["subnet-0aaaaaaaaaaaaaaa1"])
    error_message = "Each zone id needs a group of its own with one subnet: a cluster placement group can't span zones."
  }

  assert {
    condition     = alltrue([for group in aws_placement_group.this : group.strategy == "cluster"])
    error_message = "Placement groups must be of strategy cluster."
  }
}

run "capacity_is_reserved_in_the_group_where_asked" {
  command = plan

  assert {
    condition     = keys(aws_ec2_capacity_reservation.this) == ["use1-az2"] && aws_ec2_capacity_reservation.this["use1-az2"].instance_match_criteria == "targeted"
    error_message = "Only the zone with reserved > 0 has a reservation, and only our template may use it."
  }

  assert {
    condition     = aws_eks_node_group.this["use1-az2"].update_config[0].update_strategy == "MINIMAL" && aws_eks_node_group.this["use1-az4"].update_config[0].update_strategy == "DEFAULT"
    error_message = "A full reservation has no room for a node more during an update."
  }
}

run "empty_pool_keeps_its_place" {
  command = plan

  variables {
    zones = { use1-az2 = { zone_name = "us-east-1a", subnet_id = "subnet-0aaaaaaaaaaaaaaa1", desired = 0, max = 4 } }
  }

  assert {
    condition     = length(aws_placement_group.this) == 1 && aws_eks_node_group.this["use1-az2"].scaling_config[0].desired_size == 0 && length(aws_ec2_capacity_reservation.this) == 0
    error_message = "A pilot light has the group and the placement group, and no node."
  }
}

run "smt_and_ena_express_are_off" {
  command = plan

  assert {
    condition     = alltrue([for settings in output.template_settings : settings.threads_per_core == 1 && !settings.ena_express && settings.http_tokens == "required"])
    error_message = "SMT and ENA Express must be off on every hot node, and its metadata need a token."
  }

  assert {
    condition     = output.template_settings["use1-az2"].placement_group == "orderflow-prod-hot-use1-az2" && output.template_settings["use1-az2"].reserved && !output.template_settings["use1-az4"].reserved
    error_message = "A node must launch into its zone's group, and into the reservation where there is one."
  }
}

run "nodes_are_repaired_and_kept_apart" {
  command = plan

  assert {
    condition     = alltrue([for group in aws_eks_node_group.this : group.node_repair_config[0].enabled && group.capacity_type == "ON_DEMAND"])
    error_message = "Hot nodes must be repaired and never Spot."
  }

  assert {
    condition     = alltrue([for group in aws_eks_node_group.this : one(group.taint).key == "orderflow.io/hot" && one(group.taint).effect == "NO_SCHEDULE"])
    error_message = "Other pods must stay away."
  }
}

run "startup_taint_is_an_output_and_in_the_node_config" {
  command = plan

  assert {
    condition     = output.startup_taint_key == "orderflow.io/untuned" && yamldecode(local.node_config).spec.kubelet.config.registerWithTaints[0].key == output.startup_taint_key
    error_message = "The node must be born with the taint that the tuner removes."
  }
}

run "kubelet_pins_cpus_and_memory" {
  command = plan

  assert {
    condition = alltrue([for key, value in {
      cpuManagerPolicy    = "static", topologyManagerPolicy = "single-numa-node",
      memoryManagerPolicy = "Static", reservedSystemCPUs = "0-3"
    } : yamldecode(local.node_config).spec.kubelet.config[key] == value])
    error_message = "CPU, memory and topology managers must be static, with four of sixteen cores kept."
  }
}

run "housekeeping_grows_with_the_machine" {
  command = plan

  variables {
    instance = { type = "c7i.metal-48xl", cores = 96 }
  }

  assert {
    condition     = output.housekeeping_cores == 8
    error_message = "96 cores keep eight."
  }
}

run "own_image_gets_the_cluster_in_its_config" {
  command = plan

  variables {
    cluster = {
      name                  = "orderflow-prod"
      node_role_arn         = "arn:aws:iam::123456789012:role/orderflow-prod-node-us-east-1"
      security_group_ids    = ["sg-0123456789abcdef0"]
      endpoint              = "https://ABCDEF.gr7.us-east-1.eks.amazonaws.com"
      certificate_authority = "Q0VSVA=="
      service_ipv4_cidr     = "172.20.0.0/16"
    }
    instance = { type = "c7i.8xlarge", cores = 16, image_id = "ami-0123456789abcdef0" }
  }

  assert {
    condition     = aws_eks_node_group.this["use1-az2"].ami_type == "CUSTOM" && yamldecode(local.node_config).spec.cluster.name == "orderflow-prod"
    error_message = "An own image needs the cluster in its NodeConfig."
  }
}

run "user_data_is_the_golden_one" {
  command = plan

  assert {
    condition     = output.user_data["use1-az4"] == file("${path.module}/tests/golden/hot.mime")
    error_message = "User data of a hot node differs from tests/golden/hot.mime."
  }
}
