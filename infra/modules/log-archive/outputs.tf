output "access_log_bucket" {
  description = "Bucket that load balancers (prefix alb) and S3 write their access logs to; known when its policy is there, so that whoever uses it waits for the permission."
  value       = aws_s3_bucket_policy.this["access-logs"].bucket
}

output "archive_bucket" {
  description = "Bucket with the locked copies."
  value       = local.buckets["log-archive"]
}

output "archive_arn" {
  description = "ARN of that bucket, computed from its name."
  value       = "${local.s3}${local.buckets["log-archive"]}"
}

output "log_group_arns" {
  description = "ARN of each service's log group, by name; computed, so that policies can name it before it exists."
  value       = { for name in keys(var.log_groups) : name => "arn:${data.aws_partition.current.partition}:logs:${var.region}:${var.account_id}:log-group:${name}" }
}
