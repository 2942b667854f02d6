output "names" {
  description = "Real name of each table, by its name in proto/tables.toml; the same in both Regions of a pair."
  value       = local.names
}

output "arns" {
  description = "ARN of each table in its own Region, by name; computed, so that policies can name a table before it exists."
  value       = local.arns
}

output "replica_arns" {
  description = "ARN of each replica in the pair's other Region, by name; empty without a replica."
  value       = { for table in local.replicated : table => "arn:${data.aws_partition.current.partition}:dynamodb:${var.replica.region}:${var.account_id}:table/${local.names[table]}" }
}

output "index_arns" {
  description = "ARNs of each table's indexes, by table; a query needs them beside the table's."
  value       = { for table, keys in local.tables : table => [for index in keys(keys.indexes) : "${local.arns[table]}/index/${index}"] }
}

output "consistency" {
  description = "STRONG, EVENTUAL or NONE, by table: what a lost Region costs."
  value       = { for table in var.tables : table => contains(local.strong, table) ? "STRONG" : contains(local.replicated, table) ? "EVENTUAL" : "NONE" }
}

output "journal_write_units" {
  description = "Write units a second that the journal is warmed for."
  value       = local.journal_write_units
}
