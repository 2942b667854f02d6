provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod"
  region          = "eu-central-1"
  account_id      = "123456789012"
  environment     = "prod"
  kms_key_arn     = "arn:aws:kms:eu-central-1:123456789012:key/mrk-11111111222233334444555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-central-1:123456789012:orderflow-prod-alarms"
  journal         = { shards = 10 }
}

run "keys_are_those_of_the_shared_file" {
  command = plan

  assert {
    condition     = toset(keys(local.schema)) == toset(["journal", "orders", "control", "leases"])
    error_message = "A table isn't found in proto/tables.toml, or one too many is."
  }

  assert {
    condition     = length(local.keyed) == length(regexall("(?m)^\\[", local.toml)) && alltrue([for keys in local.keyed : keys.hash != null])
    error_message = "A section of the file was read only in part."
  }

  assert {
    condition     = length(regexall("(?m)^(hash|range) = ", local.toml)) == length(flatten([for keys in local.keyed : concat(keys.hash == null ? [] : ["h"], keys.range == null ? [] : ["r"])]))
    error_message = "A key in the file wasn't read."
  }

  assert {
    condition     = aws_dynamodb_table.this["journal"].hash_key == "p" && aws_dynamodb_table.this["journal"].range_key == "s" && local.attributes["journal"] == { p = "S", s = "N" }
    error_message = "The journal isn't keyed by part and slot."
  }

  assert {
    condition     = one(aws_dynamodb_table.this["orders"].global_secondary_index).name == "AccountDay" && one(aws_dynamodb_table.this["orders"].global_secondary_index).projection_type == "KEYS_ONLY"
    error_message = "The look-up's index isn't there, or copies whole orders."
  }

  assert {
    condition     = [for key in one(aws_dynamodb_table.this["leases"].global_secondary_index).key_schema : key.attribute_name] == ["leaseOwner", "leaseKey"] && output.index_arns["leases"] == ["arn:aws:dynamodb:eu-central-1:123456789012:table/orderflow-prod-leases/index/LeaseOwnerToLeaseKeyIndex"]
    error_message = "The leases can't be found by their owner."
  }
}

run "every_table_survives_a_mistake" {
  command = plan

  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : table.deletion_protection_enabled])
    error_message = "A table may be deleted in prod."
  }

  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : table.point_in_time_recovery[0].enabled && table.point_in_time_recovery[0].recovery_period_in_days == 35])
    error_message = "A table can't be restored to any second of the last 35 days."
  }

  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : table.server_side_encryption[0].enabled && table.server_side_encryption[0].kms_key_arn == var.kms_key_arn])
    error_message = "A table isn't encrypted with the key that was given."
  }

  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : length(table.ttl) == 0])
    error_message = "A table forgets items by itself: strongly consistent tables take no time to live."
  }
}

run "journal_is_warm_for_every_shard" {
  command = plan

  variables {
    journal = { shards = 24 }
  }

  assert {
    condition     = aws_dynamodb_table.this["journal"].warm_throughput[0].write_units_per_second == 24000 && aws_dynamodb_table.this["journal"].warm_throughput[0].read_units_per_second == 24000
    error_message = "The journal isn't warmed for 1,000 write units per shard."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.journal_near_limit[0].threshold == 1152000
    error_message = "The journal's alarm isn't at 80 % of what it is warmed for."
  }
}

run "a_small_journal_asks_for_what_is_free" {
  command = plan

  variables {
    journal = { shards = 1 }
  }

  assert {
    condition     = aws_dynamodb_table.this["journal"].warm_throughput[0].write_units_per_second == 4000 && aws_dynamodb_table.this["journal"].warm_throughput[0].read_units_per_second == 12000
    error_message = "Less than what a new table takes anyway was asked for, which AWS refuses."
  }
}

run "one_region_has_no_replica" {
  command = plan

  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : length(table.replica) == 0 && length(table.global_table_witness) == 0]) && output.consistency["journal"] == "NONE" && length(output.replica_arns) == 0
    error_message = "A replica or a witness exists without being asked for."
  }

  assert {
    condition     = alltrue(flatten([for table in ["journal", "orders", "control", "leases"] : [for alarm, metric in { write-throttled = "WriteThrottleEvents", read-throttled = "ReadThrottleEvents", system-errors = "SystemErrors" } : aws_cloudwatch_metric_alarm.table["${table}-${alarm}"].metric_name == metric && aws_cloudwatch_metric_alarm.table["${table}-${alarm}"].alarm_name == "orderflow-prod-table-${table}-${alarm}" && aws_cloudwatch_metric_alarm.table["${table}-${alarm}"].dimensions.TableName == "orderflow-prod-${table}"]]))
    error_message = "Throttled writes, reads or errors of a table have no alarm."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.table : alarm.alarm_actions == toset([var.alarm_topic_arn]) && alarm.actions_enabled])
    error_message = "An alarm tells nobody."
  }
}

run "a_pair_loses_no_acknowledged_order" {
  command = plan

  variables {
    replica = {
      region          = "eu-west-1"
      kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/mrk-11111111222233334444555555555555"
      alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
      witness_region  = "eu-west-3"
      strong          = ["journal", "control"]
    }
  }

  assert {
    condition     = alltrue([for table in ["journal", "control"] : one(aws_dynamodb_table.this[table].replica).consistency_mode == "STRONG" && aws_dynamodb_table.this[table].global_table_witness[0].region_name == "eu-west-3"])
    error_message = "The journal or the limits are not strongly consistent over both Regions."
  }

  assert {
    condition     = one(aws_dynamodb_table.this["orders"].replica).consistency_mode == "EVENTUAL" && length(aws_dynamodb_table.this["orders"].global_table_witness) == 0
    error_message = "The look-up is made strong, or has no copy."
  }

  assert {
    condition     = length(aws_dynamodb_table.this["leases"].replica) == 0 && output.consistency["leases"] == "NONE"
    error_message = "Leases are replicated: two Regions would fight over one lane."
  }

  assert {
    condition     = alltrue([for table in ["journal", "control", "orders"] : one(aws_dynamodb_table.this[table].replica).deletion_protection_enabled && one(aws_dynamodb_table.this[table].replica).point_in_time_recovery && one(aws_dynamodb_table.this[table].replica).kms_key_arn == var.replica.kms_key_arn])
    error_message = "A replica may be deleted, can't be restored, or has another key than was given."
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.replication_lag) == ["orders"] && aws_cloudwatch_metric_alarm.replication_lag["orders"].dimensions.ReceivingRegion == "eu-west-1"
    error_message = "Only the table that can lag has a lag alarm."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.table["journal-replica-write-throttled"].region == "eu-west-1" && aws_cloudwatch_metric_alarm.table["journal-replica-write-throttled"].alarm_actions == toset([var.replica.alarm_topic_arn])
    error_message = "The replica's Region isn't watched, or tells the wrong topic."
  }

  assert {
    condition     = output.replica_arns["journal"] == "arn:aws:dynamodb:eu-west-1:123456789012:table/orderflow-prod-journal"
    error_message = "The replica's ARN isn't in its Region."
  }
}

run "a_region_makes_only_its_leases" {
  command = plan

  variables {
    tables = ["leases"]
  }

  assert {
    condition     = keys(aws_dynamodb_table.this) == ["leases"] && length(aws_cloudwatch_metric_alarm.journal_near_limit) == 0
    error_message = "More than the leases is made."
  }
}

run "dev_may_be_taken_down" {
  command = plan

  variables {
    environment         = "dev"
    deletion_protection = false
    recovery_days       = 1
  }

  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : !table.deletion_protection_enabled])
    error_message = "A dev table can't be taken down."
  }
}
