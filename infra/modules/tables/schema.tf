# The keys of every table, read from proto/tables.toml, the file that the services read too.
# Terraform has no TOML reader; the file keeps to a form that these patterns read whole, and a test counts what they found.

locals {
  toml = file("${path.module}/../../../proto/tables.toml")

  # header ("tables.orders.indexes.AccountDay") => lines below it
  sections = { for section in regexall("(?m)^\\[(tables\\.[^\\]]+)\\]\n((?:[^\\[\n][^\n]*\n)*)", local.toml) : section[0] => section[1] }

  keyed = { for header, body in local.sections : header => {
    hash       = one(regexall("(?m)^hash = \\{ name = \"(\\w+)\", type = \"([SN])\" \\}$", body))
    range      = one(regexall("(?m)^range = \\{ name = \"(\\w+)\", type = \"([SN])\" \\}$", body))
    projection = one(flatten(regexall("(?m)^projection = \"(\\w+)\"$", body)))
  } }

  schema = { for header, keys in local.keyed : split(".", header)[1] => {
    hash  = keys.hash
    range = keys.range
    indexes = { for index, index_keys in local.keyed : split(".", index)[3] => index_keys
    if startswith(index, "${header}.indexes.") }
  } if length(split(".", header)) == 2 }

  # DynamoDB wants each attribute once, whatever number of keys use it.
  attributes = { for table, keys in local.schema : table => merge([
    for key in flatten([[keys], values(keys.indexes)]) : merge(
      { (key.hash[0]) = key.hash[1] },
      key.range == null ? {} : { (try(key.range[0], "")) = try(key.range[1], "") },
    )
  ]...) }

  strong_sets = {
    us = ["us-east-1", "us-east-2", "us-west-2"]
    eu = ["eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"]
    ap = ["ap-northeast-1", "ap-northeast-2", "ap-northeast-3"]
  }
}
