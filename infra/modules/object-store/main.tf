# The buckets, in one Region or in both of a pair. Names hold Region and account, so that they clash with nobody's.

data "aws_partition" "current" {}

locals {
  s3 = "arn:${data.aws_partition.current.partition}:s3:::"

  sites = merge(
    { (var.region) = { kms_key_arn = var.kms_key_arn, alarm_topic_arn = var.alarm_topic_arn, access_logs = var.access_logs } },
    { for replica in var.replica[*] : replica.region => { kms_key_arn = replica.kms_key_arn, alarm_topic_arn = replica.alarm_topic_arn, access_logs = replica.access_logs } },
  )

  # Exported journals are evidence: in prod nobody, not even the account's root, removes them for seven years.
  locks = {
    audit      = var.environment == "prod" ? { mode = "COMPLIANCE", days = null, years = 7 } : { mode = "GOVERNANCE", days = 1, years = null }
    statements = var.environment == "prod" ? { mode = "GOVERNANCE", days = var.statements_lock_days, years = null } : { mode = "GOVERNANCE", days = 1, years = null }
    snapshots  = null
    artifacts  = null
  }

  buckets = merge([for region, site in local.sites : {
    for noun in var.buckets : "${noun}/${region}" => merge(site, {
      noun   = noun
      region = region
      name   = "${var.name}-${region}-${var.account_id}-${noun}"
      lock   = local.locks[noun]
    })
  }]...)
  locked = { for bucket, settings in local.buckets : bucket => settings if settings.lock != null }
}

resource "aws_s3_bucket" "this" {
  for_each = local.buckets

  region              = each.value.region
  bucket              = each.value.name
  object_lock_enabled = each.value.lock != null
  force_destroy       = false
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = local.buckets

  region = each.value.region
  bucket = aws_s3_bucket.this[each.key].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "this" {
  for_each = local.locked

  region              = each.value.region
  bucket              = aws_s3_bucket_versioning.this[each.key].bucket
  object_lock_enabled = "Enabled"

  rule {
    default_retention {
      mode  = each.value.lock.mode
      days  = each.value.lock.days
      years = each.value.lock.years
    }
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = local.buckets

  region = each.value.region
  bucket = aws_s3_bucket.this[each.key].id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = each.value.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = local.buckets

  region = each.value.region
  bucket = aws_s3_bucket.this[each.key].id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = local.buckets

  region = each.value.region
  bucket = aws_s3_bucket.this[each.key].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_logging" "this" {
  for_each = { for bucket, settings in local.buckets : bucket => settings if settings.access_logs != null }

  region        = each.value.region
  bucket        = aws_s3_bucket.this[each.key].id
  target_bucket = each.value.access_logs.bucket
  target_prefix = "${each.value.name}/"
}
