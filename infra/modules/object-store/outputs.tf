output "names" {
  description = "Name of each bucket in the module's own Region, by noun (audit, statements, snapshots, artifacts)."
  value       = { for noun in var.buckets : noun => local.buckets["${noun}/${var.region}"].name }
}

output "arns" {
  description = "ARN of each bucket in the module's own Region, by noun; computed, so that policies can name a bucket before it exists."
  value       = { for noun in var.buckets : noun => "${local.s3}${local.buckets["${noun}/${var.region}"].name}" }
}

output "replica_names" {
  description = "Name of each bucket in the pair's other Region, by noun; empty without a replica."
  value       = { for bucket, settings in local.buckets : settings.noun => settings.name if settings.region != var.region }
}

output "replica_arns" {
  description = "ARN of each bucket in the pair's other Region, by noun; empty without a replica."
  value       = { for bucket, settings in local.buckets : settings.noun => "${local.s3}${settings.name}" if settings.region != var.region }
}
