output "node_group_names" {
  description = "Node group per zone id; the failover controller scales these."
  value       = { for zone, group in aws_eks_node_group.this : zone => group.node_group_name }
}

output "node_group_arns" {
  description = "Node group per zone id by its ARN, which AWS makes up; experiments name these."
  value       = { for zone, group in aws_eks_node_group.this : zone => group.arn }
}

output "placement_group_names" {
  description = "Placement group per zone id, for a venue's account to share."
  value       = { for zone, group in aws_placement_group.this : zone => group.name }
}

output "capacity_reservation_ids" {
  description = "Reservation per zone id that has one."
  value       = { for zone, reservation in aws_ec2_capacity_reservation.this : zone => reservation.id }
}

output "startup_taint" {
  description = "Taint that a node is born with and node-tuner removes once every setting has been read back."
  value       = local.startup_taint
}

output "startup_taint_key" {
  description = "Key of the start-up taint, for node-tuner's settings."
  value       = local.startup_taint.key
}

output "pool_taint" {
  description = "Taint that stays: pods of the hot path tolerate it."
  value       = local.pool_taint
}

output "node_labels" {
  description = "Labels that pods of the hot path select."
  value       = { "orderflow.io/pool" = "hot" }
}

output "housekeeping_cores" {
  description = "Cores kept for the system; pods may pin the others."
  value       = local.housekeeping_cores
}

output "template_settings" {
  description = "SMT, ENA Express, placement group and reservation per zone id, as the launch template says it."
  value       = { for zone, template in module.template : zone => template.settings }
}

output "user_data" {
  description = "User data per zone id in plain text."
  value       = { for zone, template in module.template : zone => template.user_data }
}
