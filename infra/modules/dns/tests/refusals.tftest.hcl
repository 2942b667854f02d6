provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod"
  account_id      = "123456789012"
  alarm_topic_arn = "arn:aws:sns:us-east-1:123456789012:orderflow-prod-alarms"

  zone = {
    domain    = "orderflow.example.com"
    dnssec    = { key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
    query_log = { kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-666666666666" }
  }

  aliases = {
    "console.orderflow.example.com" = { dns_name = "a.eu-west-1.elb.amazonaws.com", zone_id = "Z32O12XQLNTSW2" }
  }

  failovers = {
    eu-west-1    = { name = "api.orderflow.example.com", role = "PRIMARY", dns_name = "a.eu-west-1.elb.amazonaws.com", zone_id = "Z32O12XQLNTSW2", health_check = "primary" }
    eu-central-1 = { name = "api.orderflow.example.com", role = "SECONDARY", dns_name = "b.eu-central-1.elb.amazonaws.com", zone_id = "Z215JYRZR1TBD5" }
  }

  health_checks = { primary = { fqdn = "a.eu-west-1.elb.amazonaws.com" } }
}

run "name_with_capitals_is_refused" {
  command = plan

  variables {
    name = "OrderFlow"
  }

  expect_failures = [var.name]
}

run "short_account_is_refused" {
  command = plan

  variables {
    account_id = "1234"
  }

  expect_failures = [var.account_id]
}

run "topic_by_name_is_refused" {
  command = plan

  variables {
    alarm_topic_arn = "x:us-east-1:y"
  }

  expect_failures = [var.alarm_topic_arn]
}

run "topic_elsewhere_is_refused" {
  command = plan

  variables {
    alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:alarms"
  }

  expect_failures = [var.alarm_topic_arn]
}

run "domain_with_capitals_is_refused" {
  command = plan

  variables {
    zone = { domain = "Example.com" }
  }

  expect_failures = [var.zone]
}

run "private_signed_zone_is_refused" {
  command = plan

  variables {
    zone = merge(var.zone, { vpcs = { vpc-0123456789abcdef0 = "eu-west-1" } })
  }

  expect_failures = [var.zone]
}

run "key_elsewhere_is_refused" {
  command = plan

  variables {
    zone = merge(var.zone, { dnssec = { key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555" } })
  }

  expect_failures = [var.zone]
}

run "two_zones_are_refused" {
  command = plan

  variables {
    zone_id = "Z0123456789ABCDEFGHIJ"
  }

  expect_failures = [var.zone_id]
}

run "zone_by_name_is_refused" {
  command = plan

  variables {
    zone    = null
    zone_id = "example.com"
  }

  expect_failures = [var.zone_id]
}

run "alias_with_capitals_is_refused" {
  command = plan

  variables {
    aliases = { "Console" = { dns_name = "a", zone_id = "b" } }
  }

  expect_failures = [var.aliases]
}

run "unknown_role_is_refused" {
  command = plan

  variables {
    failovers = { a = { name = "n", role = "THIRD", dns_name = "a", zone_id = "b", health_check = "primary" } }
  }

  expect_failures = [var.failovers]
}

run "primary_without_a_check_is_refused" {
  command = plan

  variables {
    failovers = { a = { name = "n", role = "PRIMARY", dns_name = "a", zone_id = "b" } }
  }

  expect_failures = [var.failovers]
}

run "unknown_check_is_refused" {
  command = plan

  variables {
    failovers = { a = { name = "n", role = "SECONDARY", dns_name = "a", zone_id = "b", health_check = "none" } }
  }

  expect_failures = [var.failovers]
}

run "half_twice_is_refused" {
  command = plan

  variables {
    failovers = { a = { name = "n", role = "SECONDARY", dns_name = "a", zone_id = "b" }, c = { name = "n", role = "SECONDARY", dns_name = "a", zone_id = "b" } }
  }

  expect_failures = [var.failovers]
}

run "odd_interval_is_refused" {
  command = plan

  variables {
    health_checks = { primary = { fqdn = "a.example.com", interval_seconds = 60 } }
  }

  expect_failures = [var.health_checks]
}

run "no_failure_is_refused" {
  command = plan

  variables {
    health_checks = { primary = { fqdn = "a.example.com", failures = 0 } }
  }

  expect_failures = [var.health_checks]
}

run "path_without_a_slash_is_refused" {
  command = plan

  variables {
    health_checks = { primary = { fqdn = "a.example.com", path = "ready" } }
  }

  expect_failures = [var.health_checks]
}

run "two_askers_are_refused" {
  command = plan

  variables {
    health_checks = { primary = { fqdn = "a.example.com", regions = ["us-east-1", "eu-west-1"] } }
  }

  expect_failures = [var.health_checks]
}
