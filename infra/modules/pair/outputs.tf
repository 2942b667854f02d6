output "ids" {
  description = "What the pages of the pair need and no name gives, in the shape of their ids.json: the shared key's ARN by Region."
  value       = { shared_key_arns = local.key_arns }
}

output "key_arns" {
  description = "ARN of the shared key by Region."
  value       = local.key_arns
}

output "access_log_buckets" {
  description = "Bucket by Region that load balancers and S3 write their access logs to."
  value       = { for region in local.sites : region => module.log_archive[region].access_log_bucket }
}

output "table_consistency" {
  description = "STRONG, EVENTUAL or NONE by table: what a lost Region may cost."
  value       = module.tables.consistency
}

output "table_arns" {
  description = "ARN of each table in the primary's Region."
  value       = module.tables.arns
}

output "bucket_arns" {
  description = "ARN of each bucket in the primary's Region."
  value       = module.buckets.arns
}
