output "bucket" {
  description = "Name of the state bucket, as a backend block's `bucket`."
  value       = local.bucket
}

output "bucket_arn" {
  description = "ARN of the state bucket, for replication rules and policies."
  value       = local.bucket_arn
}

output "bucket_id" {
  description = "Id of the state bucket; unlike `bucket` it is known only when the bucket and its versioning exist, so that a rule which uses it waits for both."
  value       = aws_s3_bucket_versioning.state.bucket
}

output "kms_key_arn" {
  description = "Key that encrypts the state, as a backend block's `kms_key_id`."
  value       = aws_kms_key.state.arn
}

output "kms_alias" {
  description = "Alias of that key, known before the key exists."
  value       = "alias/${var.name}-state"
}

output "lock_table" {
  description = "Name of the lock table, or null when the lock file alone is used."
  value       = one(aws_dynamodb_table.lock[*].name)
}

output "role_arns" {
  description = "ARNs of the plan, apply and read roles; a stack's backend assumes one of them."
  value       = { for role in keys(local.roles) : role => "arn:${data.aws_partition.current.partition}:iam::${var.account_id}:role/${var.name}-state-${role}-${var.region}" }
}

output "backend" {
  description = "Arguments of an S3 backend for this Region without `key`, for the apply role; `dynamodb_table` is null unless the lock table exists."
  value = {
    bucket         = local.bucket
    region         = var.region
    encrypt        = true
    use_lockfile   = true
    kms_key_id     = "arn:${data.aws_partition.current.partition}:kms:${var.region}:${var.account_id}:alias/${var.name}-state"
    dynamodb_table = var.lock_mechanism == "s3+dynamodb" ? "${var.name}-state-lock" : null
    role_arn       = "arn:${data.aws_partition.current.partition}:iam::${var.account_id}:role/${var.name}-state-apply-${var.region}"
  }
}
