# Most of these plan a standby in mode backup, the smallest cell: what is refused doesn't depend on the rest.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  environment = "staging"
  region      = "eu-west-1"
  account_id  = "123456789012"
  role        = "standby"
  dr_mode     = "backup"
  pair        = { peer_region = "eu-central-1", key_arn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-11111111222233334444555555555555", peer_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/mrk-11111111222233334444555555555555" }
  network     = { zones = { euw1-az1 = "eu-west-1a", euw1-az2 = "eu-west-1b" } }
  domain      = { name = "orderflow.example.com", zone_id = "Z0123456789ABCDEFGHIJ" }
  artifacts = {
    images    = { reconciler = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }
    functions = {}
  }
  contacts = { alarms = { desk = "desk@example.com" }, pages = { duty = "duty@example.com" } }
  options  = { venues = { XLON = {} } }
}

run "refused_unknown_words" {
  command = plan

  variables {
    name        = "Order-Flow"
    account_id  = "12"
    environment = "test"
    role        = "spare"
    dr_mode     = "hot"
    domain      = { name = "Orderflow", zone_id = "Z0123456789ABCDEFGHIJ" }
    contacts    = { alarms = { desk = "desk" }, pages = {} }
    cluster     = { autoscaler = "by-hand" }
    network     = { zones = { euw1-az1 = "eu-west-1a" } }
  }

  expect_failures = [var.name, var.account_id, var.environment, var.role, var.dr_mode, var.domain, var.contacts, var.cluster, var.network]
}

run "refused_half_a_node_a_tag_and_no_venue" {
  command = plan

  variables {
    sizes     = { hot_pool = { type = "c7i.8xlarge", cores = 16, zones = { euw1-az1 = 0.5 } } }
    artifacts = { images = { reconciler = "latest" }, functions = {} }
    options   = { venues = {} }
  }

  expect_failures = [var.sizes, var.artifacts, var.options]
}

run "refused_foreign_zone_no_image_and_unknown_runtime" {
  command = plan

  variables {
    sizes     = { hot_pool = { type = "c7i.8xlarge", cores = 16, zones = { euw1-az3 = 1 } } }
    artifacts = { images = {}, functions = {} }
    options   = { venues = { XLON = {} }, reconciler_runtime = "ec2" }
  }

  expect_failures = [var.sizes, var.artifacts, var.options]
}

run "refused_what_lies_elsewhere" {
  command = plan

  variables {
    pair    = { peer_region = "us-east-1", key_arn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-11111111222233334444555555555555", peer_key_arn = "arn:aws:kms:us-east-1:123456789012:key/mrk-1" }
    network = { zones = { euw1-az1 = "eu-west-1a", euw1-az2 = "eu-central-1a" } }
  }

  expect_failures = [var.pair, var.network]
}

run "refused_region_without_a_range" {
  command = plan

  variables {
    region = "ap-south-1"
  }

  expect_failures = [var.region]
}

run "refused_standby_without_a_primary" {
  command = plan

  variables {
    pair = null
  }

  expect_failures = [var.role]
}

run "refused_warmth_without_a_partner" {
  command = plan

  variables {
    dr_mode = "warm_standby"
    role    = "primary"
    pair    = null
  }

  expect_failures = [var.dr_mode]
}

run "refused_keys_the_wrong_way_round" {
  command = plan

  variables {
    pair = { peer_region = "eu-central-1", key_arn = "arn:aws:kms:eu-central-1:123456789012:key/mrk-11111111222233334444555555555555", peer_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-11111111222233334444555555555555" }
  }

  expect_failures = [var.pair]
}

run "refused_prod_without_a_hot_pool" {
  command = plan

  variables {
    environment = "prod"
  }

  expect_failures = [var.sizes]
}

run "refused_pair_without_functions" {
  command = plan

  variables {
    dr_mode = "pilot_light"
  }

  expect_failures = [var.artifacts]
}

run "refused_prod_alone_without_copies" {
  command = plan

  variables {
    role        = "primary"
    pair        = null
    environment = "prod"
    sizes       = { hot_pool = { type = "c7i.8xlarge", cores = 16, zones = { euw1-az1 = 1 } } }
    network     = { zones = { euw1-az1 = "eu-west-1a", euw1-az2 = "eu-west-1b", euw1-az3 = "eu-west-1c" } }
  }

  expect_failures = [var.options]
}
