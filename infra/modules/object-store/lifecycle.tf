# How long what is kept, and where. Locks outlive nothing here: no rule removes what is still locked.

locals {
  # Days until a class is cheaper; null keeps what is read every day in standard storage.
  lifecycles = {
    audit      = { transitions = { GLACIER_IR = 90, DEEP_ARCHIVE = 365 }, expires = null, old_versions = 2920 }
    statements = { transitions = { STANDARD_IA = 30, GLACIER_IR = 180 }, expires = null, old_versions = var.statements_lock_days + 30 }
    snapshots  = { transitions = {}, expires = var.snapshot_days, old_versions = 7 }
    artifacts  = { transitions = {}, expires = null, old_versions = 365 }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = local.buckets

  region                                 = each.value.region
  bucket                                 = aws_s3_bucket_versioning.this[each.key].bucket
  transition_default_minimum_object_size = "all_storage_classes_128K"

  rule {
    id     = "age"
    status = "Enabled"

    filter {
      prefix = ""
    }

    dynamic "transition" {
      for_each = local.lifecycles[each.value.noun].transitions

      content {
        storage_class = transition.key
        days          = transition.value
      }
    }

    dynamic "expiration" {
      for_each = local.lifecycles[each.value.noun].expires == null ? [] : [local.lifecycles[each.value.noun].expires]

      content {
        days = expiration.value
      }
    }

    noncurrent_version_expiration {
      noncurrent_days = local.lifecycles[each.value.noun].old_versions
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}
