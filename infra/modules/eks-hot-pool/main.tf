# Nodes for the hot path: one managed group per zone id, each in its own cluster placement group.

locals {
  # Never change the key: the tuner's release and this one would have to meet on every node at once.
  startup_taint = { key = "orderflow.io/untuned", value = "true", effect = "NoSchedule" }
  pool_taint    = { key = "orderflow.io/hot", value = "true", effect = "NO_SCHEDULE" }

  # Cores that the operating system, the kubelet and interrupts keep; the rest is for pinned pods.
  housekeeping_cores = (
    var.instance.cores <= 4 ? 1 :
    var.instance.cores <= 8 ? 2 :
    var.instance.cores <= 32 ? 4 :
    var.instance.cores <= 96 ? 8 : 16
  )

  reserved_zones = { for zone, pool in var.zones : zone => pool if pool.reserved > 0 }
}

resource "aws_placement_group" "this" {
  for_each = var.zones

  region   = var.region
  name     = "${var.name}-${each.key}"
  strategy = "cluster"
}

# Reserved inside the group: a reservation beside it would hold capacity that the group can't place.
resource "aws_ec2_capacity_reservation" "this" {
  for_each = local.reserved_zones

  region                  = var.region
  availability_zone       = each.value.zone_name
  instance_type           = var.instance.type
  instance_platform       = "Linux/UNIX"
  instance_count          = each.value.reserved
  instance_match_criteria = "targeted"
  placement_group_arn     = aws_placement_group.this[each.key].arn
  ebs_optimized           = true
  end_date_type           = "unlimited"
  tenancy                 = "default"
}

module "template" {
  source   = "../launch-template"
  for_each = var.zones

  name        = "${var.name}-${each.key}"
  region      = var.region
  environment = var.environment
  use         = "eks"
  image_id    = var.instance.image_id
  kms_key_arn = var.kms_key_arn
  tags        = var.tags
  volumes     = { "/dev/xvda" = { size_gib = var.instance.volume_gib } }

  instance = {
    type             = var.instance.type
    core_count       = var.instance.cores
    threads_per_core = 1
  }

  network = {
    security_group_ids = var.cluster.security_group_ids
    ena_express        = false # tens of microseconds more in light traffic
  }

  placement = {
    group_name           = aws_placement_group.this[each.key].name
    capacity_reservation = each.value.reserved > 0 ? { id = aws_ec2_capacity_reservation.this[each.key].id } : null
  }

  user_data = {
    node_config     = local.node_config
    script          = local.boot_script
    audit_log_group = var.audit_log_group
  }
}

resource "aws_eks_node_group" "this" {
  for_each = var.zones

  region          = var.region
  cluster_name    = var.cluster.name
  node_group_name = "${var.name}-${each.key}"
  node_role_arn   = var.cluster.node_role_arn
  subnet_ids      = [each.value.subnet_id]
  capacity_type   = "ON_DEMAND"
  ami_type        = var.instance.image_id == null ? "AL2023_${var.instance.architecture}_STANDARD" : "CUSTOM"
  version         = var.instance.image_id == null ? var.instance.kubernetes_version : null
  release_version = var.instance.image_id == null ? var.instance.release_version : null

  labels = merge(var.labels, { "orderflow.io/pool" = "hot", "orderflow.io/zone-id" = each.key })

  taint {
    key    = local.pool_taint.key
    value  = local.pool_taint.value
    effect = local.pool_taint.effect
  }

  launch_template {
    id      = module.template[each.key].id
    version = module.template[each.key].version
  }

  scaling_config {
    min_size     = each.value.min
    max_size     = each.value.max
    desired_size = each.value.desired
  }

  update_config {
    max_unavailable = 1
    update_strategy = each.value.reserved >= each.value.max ? "MINIMAL" : "DEFAULT" # a full reservation has no place for a node more
  }

  node_repair_config {
    enabled = true
  }

  lifecycle {
    create_before_destroy = false                            # the group's name and its reserved places are taken until the old one is gone
    ignore_changes        = [scaling_config[0].desired_size] # moved by the failover controller; a plan must not move it back
  }
}
