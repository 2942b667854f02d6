provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  environment = "prod"
  region      = "eu-west-1"
  account_id  = "123456789012"
  role        = "primary"
  dr_mode     = "warm_standby"
  pair = {
    peer_region  = "eu-central-1"
    key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/mrk-11111111222233334444555555555555"
    peer_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/mrk-11111111222233334444555555555555"
  }
  network = { zones = { euw1-az1 = "eu-west-1a", euw1-az2 = "eu-west-1b", euw1-az3 = "eu-west-1c" } }
  domain  = { name = "orderflow.example.com", zone_id = "Z0123456789ABCDEFGHIJ" }
  sizes = {
    hot_pool = { type = "c7i.8xlarge", cores = 16, zones = { euw1-az1 = 2, euw1-az2 = 2 } }
    cache    = { class = "cache.m7g.large" }
  }
  artifacts = {
    images = { reconciler = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }
    functions = {
      secret-rotation     = { key = "lambda/secret-rotation.zip", version = "3sL4kqtJlcpXroDTDmJ" }
      failover-controller = { key = "lambda/failover-controller.zip", version = "3sL4kqtJlcpXroDTDmJ" }
    }
  }
  contacts = { alarms = { desk = "desk@example.com" }, pages = { duty = "duty@example.com" } }
  options  = { venues = { XLON = {}, XPAR = {} } }
}

run "a_primary_has_everything" {
  command = plan

  assert {
    condition     = length(module.network) == 1 && length(module.cluster) == 1 && length(module.hot_pool) == 1 && length(module.reconciler) == 1 && length(module.shared) == 0
    error_message = "Something of a primary is missing."
  }

  assert {
    condition     = output.addresses.vpc == "10.34.0.0/16" && output.api.host == "api.eu.orderflow.example.com"
    error_message = "The range or the name isn't this Region's."
  }

  assert {
    condition     = jsondecode(output.service_config["order-router"]).cores != [] && jsondecode(output.service_config["order-router"]).wait == "spin-with-hint"
    error_message = "The router isn't pinned on a hot pool."
  }

  assert {
    condition     = output.failover == null
    error_message = "The failover controller would be lost with the primary."
  }
}

run "an_equal_standby_copies_its_database" {
  command = plan

  variables {
    region  = "eu-central-1"
    role    = "standby"
    dr_mode = "active_active"
    pair = {
      peer_region  = "eu-west-1"
      key_arn      = "arn:aws:kms:eu-central-1:123456789012:key/mrk-11111111222233334444555555555555"
      peer_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-11111111222233334444555555555555"
    }
    network = { zones = { euc1-az1 = "eu-central-1b", euc1-az2 = "eu-central-1a", euc1-az3 = "eu-central-1c" } }
    sizes   = { hot_pool = { type = "c7i.8xlarge", cores = 16, zones = { euc1-az1 = 2, euc1-az2 = 2 } } }
  }

  assert {
    condition     = local.hot_zones["euc1-az1"].desired == 2 && local.hot_zones["euc1-az1"].reserved == 2 && length(module.reconciler) == 1
    error_message = "The other half doesn't carry its share."
  }

  assert {
    condition     = length(module.secrets) == 0 && length(module.images) == 0 && local.credentials == null
    error_message = "A standby makes what the primary copies to it."
  }
}

run "a_warm_standby_runs_half_and_reserves_all" {
  command = plan

  variables {
    region  = "eu-central-1"
    role    = "standby"
    dr_mode = "warm_standby"
    pair = {
      peer_region  = "eu-west-1"
      key_arn      = "arn:aws:kms:eu-central-1:123456789012:key/mrk-11111111222233334444555555555555"
      peer_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-11111111222233334444555555555555"
    }
    network = { zones = { euc1-az1 = "eu-central-1b", euc1-az2 = "eu-central-1a", euc1-az3 = "eu-central-1c" } }
    sizes   = { hot_pool = { type = "c7i.8xlarge", cores = 16, zones = { euc1-az1 = 2, euc1-az2 = 2 } } }
  }

  assert {
    condition     = local.hot_zones["euc1-az1"].desired == 1 && local.hot_zones["euc1-az1"].reserved == 2
    error_message = "Half of the pool doesn't run, or the rest isn't reserved."
  }

  assert {
    condition     = output.failover.config.primary_region == "eu-west-1"
    error_message = "Nobody watches the primary."
  }
}

run "a_pilot_light_rests" {
  command = plan

  variables {
    region  = "eu-central-1"
    role    = "standby"
    dr_mode = "pilot_light"
    pair = {
      peer_region  = "eu-west-1"
      key_arn      = "arn:aws:kms:eu-central-1:123456789012:key/mrk-11111111222233334444555555555555"
      peer_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-11111111222233334444555555555555"
    }
    network = { zones = { euc1-az1 = "eu-central-1b", euc1-az2 = "eu-central-1a", euc1-az3 = "eu-central-1c" } }
    sizes   = { hot_pool = { type = "c7i.8xlarge", cores = 16, zones = { euc1-az1 = 2, euc1-az2 = 2 } } }
  }

  assert {
    condition     = local.hot_zones["euc1-az1"].desired == 0 && local.hot_zones["euc1-az1"].reserved == 0 && local.hot_zones["euc1-az1"].max == 2
    error_message = "A pilot light pays for a hot pool, or couldn't grow one."
  }

  assert {
    condition     = local.system_pool.desired == 1 && length(module.reconciler) == 0 && length(module.database) == 1 && module.streams["orders"].shards == 10
    error_message = "A pilot light runs services, or lacks the data or the lanes."
  }
}

run "backup_has_no_network" {
  command = plan

  variables {
    region  = "eu-central-1"
    role    = "standby"
    dr_mode = "backup"
    pair = {
      peer_region  = "eu-west-1"
      key_arn      = "arn:aws:kms:eu-central-1:123456789012:key/mrk-11111111222233334444555555555555"
      peer_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-11111111222233334444555555555555"
    }
    network = { zones = { euc1-az1 = "eu-central-1b", euc1-az2 = "eu-central-1a", euc1-az3 = "eu-central-1c" } }
    sizes   = { hot_pool = { type = "c7i.8xlarge", cores = 16, zones = { euc1-az1 = 2, euc1-az2 = 2 } } }
  }

  assert {
    condition     = length(module.network) == 0 && length(module.cluster) == 0 && length(module.streams) == 0 && length(module.database) == 0 && length(module.dr) == 0
    error_message = "Mode backup pays for more than copies."
  }
}

run "a_region_alone_keeps_its_own" {
  command = plan

  variables {
    region  = "eu-west-2"
    dr_mode = "backup"
    pair    = null
    network = { zones = { euw2-az1 = "eu-west-2c", euw2-az2 = "eu-west-2a", euw2-az3 = "eu-west-2b" } }
    sizes   = { hot_pool = { type = "c7i.8xlarge", cores = 16, zones = { euw2-az1 = 2 } } }
    options = { venues = { XLON = {} }, backup_copies = ["arn:aws:backup:eu-west-2:210987654321:backup-vault:orderflow-prod"] }
  }

  assert {
    condition     = length(module.shared) == 1 && length(module.dr) == 0 && local.credentials.mode == "managed" && output.api.host == "api.uk.orderflow.example.com"
    error_message = "A Region alone leans on another."
  }

  assert {
    condition     = local.copy_to == toset(["arn:aws:backup:eu-west-2:210987654321:backup-vault:orderflow-prod"])
    error_message = "UK data leaves the UK."
  }
}

run "the_reconciler_may_run_on_the_cluster" {
  command = plan

  variables {
    options = { venues = { XLON = {} }, reconciler_runtime = "eks" }
  }

  assert {
    condition     = length(module.reconciler) == 0 && contains(local.pod_services, "reconciler")
    error_message = "The reconciler's pods have no role, or it runs twice."
  }
}
