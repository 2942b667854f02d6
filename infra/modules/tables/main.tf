# The tables that hold the truth (journal), the look-up (orders), limits and routes (control) and ownership (leases).

data "aws_partition" "current" {}

locals {
  tables     = { for table in var.tables : table => local.schema[table] }
  replicated = var.replica == null ? toset([]) : setsubtract(var.tables, ["leases"])
  strong     = var.replica == null ? toset([]) : setintersection(var.tables, try(var.replica.strong, []))

  names = { for table in var.tables : table => "${var.name}-${table}" }
  arns  = { for table in var.tables : table => "arn:${data.aws_partition.current.partition}:dynamodb:${var.region}:${var.account_id}:table/${var.name}-${table}" }

  # A new on-demand table takes 4,000 writes and 12,000 reads a second; less can't be asked for.
  journal_write_units = max(4000, coalesce(var.journal.write_units, var.journal.shards * 1000))
  journal_read_units  = max(12000, local.journal_write_units)
}

resource "aws_dynamodb_table" "this" {
  for_each = local.tables

  region                      = var.region
  name                        = local.names[each.key]
  billing_mode                = "PAY_PER_REQUEST"
  table_class                 = "STANDARD"
  hash_key                    = each.value.hash[0]
  range_key                   = try(each.value.range[0], null)
  deletion_protection_enabled = var.environment == "prod" ? true : var.deletion_protection
  stream_enabled              = contains(local.replicated, each.key)
  stream_view_type            = contains(local.replicated, each.key) ? "NEW_AND_OLD_IMAGES" : null

  dynamic "attribute" {
    for_each = local.attributes[each.key]

    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = each.value.indexes

    content {
      name            = global_secondary_index.key
      projection_type = global_secondary_index.value.projection

      key_schema {
        attribute_name = global_secondary_index.value.hash[0]
        key_type       = "HASH"
      }

      dynamic "key_schema" {
        for_each = global_secondary_index.value.range == null ? [] : [global_secondary_index.value.range[0]]

        content {
          attribute_name = key_schema.value
          key_type       = "RANGE"
        }
      }
    }
  }

  dynamic "warm_throughput" {
    for_each = each.key == "journal" ? [true] : []

    content {
      read_units_per_second  = local.journal_read_units
      write_units_per_second = local.journal_write_units
    }
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = var.recovery_days
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }

  dynamic "replica" {
    for_each = contains(local.replicated, each.key) ? [var.replica] : []

    content {
      region_name                 = replica.value.region
      kms_key_arn                 = replica.value.kms_key_arn
      consistency_mode            = contains(local.strong, each.key) ? "STRONG" : "EVENTUAL"
      point_in_time_recovery      = true
      deletion_protection_enabled = var.environment == "prod" ? true : var.deletion_protection
      propagate_tags              = true
    }
  }

  dynamic "global_table_witness" {
    for_each = contains(local.strong, each.key) ? [var.replica.witness_region] : []

    content {
      region_name = global_table_witness.value
    }
  }
}
