# Two buckets: access-logs, where load balancers and S3 can write (they know no KMS keys), and log-archive, encrypted with
# our key and object-locked, into which everything is copied.

data "aws_partition" "current" {}

locals {
  s3 = "arn:${data.aws_partition.current.partition}:s3:::"

  buckets = {
    access-logs = "${var.name}-${var.region}-${var.account_id}-access-logs"
    log-archive = "${var.name}-${var.region}-${var.account_id}-log-archive"
  }
}

resource "aws_s3_bucket" "this" {
  for_each = local.buckets

  region              = var.region
  bucket              = each.value
  object_lock_enabled = each.key == "log-archive"
  force_destroy       = false
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = local.buckets

  region = var.region
  bucket = aws_s3_bucket.this[each.key].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "archive" {
  region              = var.region
  bucket              = aws_s3_bucket_versioning.this["log-archive"].bucket
  object_lock_enabled = "Enabled"

  rule {
    default_retention {
      mode = var.environment == "prod" ? "COMPLIANCE" : "GOVERNANCE"
      days = var.environment == "prod" ? var.archive.lock_days : 1
    }
  }
}

# Log delivery by load balancers and by S3 itself takes SSE-S3 only; the copy in the archive has our key.
resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = local.buckets

  region = var.region
  bucket = aws_s3_bucket.this[each.key].id

  rule {
    bucket_key_enabled = each.key == "log-archive"

    apply_server_side_encryption_by_default {
      sse_algorithm     = each.key == "log-archive" ? "aws:kms" : "AES256"
      kms_master_key_id = each.key == "log-archive" ? var.kms_key_arn : null
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = local.buckets

  region = var.region
  bucket = aws_s3_bucket.this[each.key].id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = local.buckets

  region = var.region
  bucket = aws_s3_bucket.this[each.key].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_logging" "archive" {
  region        = var.region
  bucket        = aws_s3_bucket.this["log-archive"].id
  target_bucket = aws_s3_bucket_policy.this["access-logs"].bucket
  target_prefix = "s3/${local.buckets["log-archive"]}/"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = local.buckets

  region = var.region
  bucket = aws_s3_bucket_versioning.this[each.key].bucket

  rule {
    id     = "age"
    status = "Enabled"

    filter {
      prefix = ""
    }

    dynamic "transition" {
      for_each = each.key == "log-archive" ? { STANDARD_IA = var.archive.infrequent_days, GLACIER = var.archive.glacier_days } : {}

      content {
        storage_class = transition.key
        days          = transition.value
      }
    }

    # The archive keeps the copy, so that the first bucket may forget.
    expiration {
      days = each.key == "log-archive" ? var.archive.expire_days : 30
    }

    noncurrent_version_expiration {
      noncurrent_days = 7
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_cloudwatch_log_group" "service" {
  for_each = var.log_groups

  region                      = var.region
  name                        = each.key
  retention_in_days           = coalesce(each.value, var.log_retention_days)
  kms_key_id                  = var.kms_key_arn
  log_group_class             = "STANDARD"
  deletion_protection_enabled = var.environment == "prod"
  skip_destroy                = false
}
