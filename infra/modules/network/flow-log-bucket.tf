# The bucket that keeps the flow logs for years, in cheaper storage as they age.

resource "aws_s3_bucket" "flow_logs" {
  for_each = local.flow_logs

  region        = var.region
  bucket        = local.flow_bucket
  force_destroy = false
}

resource "aws_s3_bucket_versioning" "flow_logs" {
  for_each = local.flow_logs

  region = var.region
  bucket = aws_s3_bucket.flow_logs["this"].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "flow_logs" {
  for_each = local.flow_logs

  region = var.region
  bucket = aws_s3_bucket.flow_logs["this"].id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "flow_logs" {
  for_each = local.flow_logs

  region = var.region
  bucket = aws_s3_bucket.flow_logs["this"].id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "flow_logs" {
  for_each = local.flow_logs

  region = var.region
  bucket = aws_s3_bucket.flow_logs["this"].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "flow_logs" {
  for_each = local.flow_logs

  region = var.region
  bucket = aws_s3_bucket_versioning.flow_logs["this"].bucket

  rule {
    id     = "age"
    status = "Enabled"

    filter {
      prefix = ""
    }

    transition {
      days          = each.value.infrequent_days
      storage_class = "STANDARD_IA"
    }

    transition {
      days          = each.value.glacier_days
      storage_class = "GLACIER"
    }

    expiration {
      days = each.value.expire_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

data "aws_iam_policy_document" "flow_log_bucket" {
  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["arn:${data.aws_partition.current.partition}:s3:::${local.flow_bucket}", "arn:${data.aws_partition.current.partition}:s3:::${local.flow_bucket}/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  statement {
    sid       = "DeliveryWrites"
    actions   = ["s3:PutObject"]
    resources = ["arn:${data.aws_partition.current.partition}:s3:::${local.flow_bucket}/AWSLogs/*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${data.aws_partition.current.partition}:logs:${var.region}:${var.account_id}:*"]
    }
  }

  statement {
    sid       = "DeliveryChecks"
    actions   = ["s3:GetBucketAcl", "s3:ListBucket"]
    resources = ["arn:${data.aws_partition.current.partition}:s3:::${local.flow_bucket}"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

resource "aws_s3_bucket_policy" "flow_logs" {
  for_each = local.flow_logs

  region = var.region
  bucket = aws_s3_bucket.flow_logs["this"].id
  policy = data.aws_iam_policy_document.flow_log_bucket.json

  depends_on = [aws_s3_bucket_public_access_block.flow_logs]
}
