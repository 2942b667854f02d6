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
  region          = "eu-west-1"
  account_id      = "123456789012"
  environment     = "prod"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  zones           = ["euw1-az1", "euw1-az2", "euw1-az3"]
  vpc             = { cidr = "10.16.0.0/16" }
}

run "refuses_a_name_that_overflows_a_bucket" {
  command = plan
  variables {
    name = "orderflow-production-environment"
  }
  expect_failures = [var.name]
}

run "refuses_a_zone_as_region" {
  command = plan
  variables {
    region          = "eu-west-1a"
    kms_key_arn     = "arn:aws:kms:eu-west-1a:123456789012:key/11111111-2222-3333-4444-555555555555"
    alarm_topic_arn = "arn:aws:sns:eu-west-1a:123456789012:orderflow-prod-alarms"
  }
  expect_failures = [var.region]
}

run "refuses_a_short_account_id" {
  command = plan
  variables {
    account_id = "123"
  }
  expect_failures = [var.account_id]
}

run "refuses_an_unknown_environment" {
  command = plan
  variables {
    environment = "test"
  }
  expect_failures = [var.environment]
}

run "refuses_a_key_of_another_region" {
  command = plan
  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }
  expect_failures = [var.kms_key_arn]
}

run "refuses_a_topic_of_another_region" {
  command = plan
  variables {
    alarm_topic_arn = "arn:aws:sns:us-east-1:123456789012:orderflow-prod-alarms"
  }
  expect_failures = [var.alarm_topic_arn]
}

run "refuses_a_retention_that_logs_do_not_take" {
  command = plan
  variables {
    log_retention_days = 1000
  }
  expect_failures = [var.log_retention_days]
}

run "refuses_a_month_of_logs_in_prod" {
  command = plan
  variables {
    log_retention_days = 30
  }
  expect_failures = [var.log_retention_days]
}

run "refuses_no_vpc_at_all" {
  command = plan
  variables {
    vpc = null
  }
  expect_failures = [var.vpc]
}

run "refuses_a_vpc_without_room" {
  command = plan
  variables {
    vpc = { cidr = "10.16.0.0/20" }
  }
  expect_failures = [var.vpc]
}

run "refuses_pods_in_the_node_range" {
  command = plan
  variables {
    vpc = { cidr = "10.16.0.0/16", pod_cidr = "10.17.0.0/16" }
  }
  expect_failures = [var.vpc]
}

run "refuses_an_existing_vpc_by_name" {
  command = plan
  variables {
    vpc = null
    existing_vpc = {
      id                      = "main"
      cidr                    = "10.80.0.0/16"
      public_subnets          = {}
      private_subnets         = { euw1-az1 = "subnet-0000000000000000a", euw1-az2 = "subnet-0000000000000000b", euw1-az3 = "subnet-0000000000000000c" }
      restricted_subnets      = { euw1-az1 = "subnet-0000000000000001a", euw1-az2 = "subnet-0000000000000001b", euw1-az3 = "subnet-0000000000000001c" }
      pod_subnets             = { euw1-az1 = "subnet-0000000000000002a", euw1-az2 = "subnet-0000000000000002b", euw1-az3 = "subnet-0000000000000002c" }
      private_route_tables    = { euw1-az1 = "rtb-0000000000000000a", euw1-az2 = "rtb-0000000000000000b", euw1-az3 = "rtb-0000000000000000c" }
      restricted_route_tables = {}
    }
  }
  expect_failures = [var.existing_vpc]
}

run "refuses_an_existing_vpc_without_a_zones_subnet" {
  command = plan
  variables {
    vpc = null
    existing_vpc = {
      id                      = "vpc-0123456789abcdef0"
      cidr                    = "10.80.0.0/16"
      public_subnets          = {}
      private_subnets         = { euw1-az1 = "subnet-0000000000000000a", euw1-az2 = "subnet-0000000000000000b", euw1-az3 = "subnet-0000000000000000c" }
      restricted_subnets      = { euw1-az1 = "subnet-0000000000000001a", euw1-az2 = "subnet-0000000000000001b" }
      pod_subnets             = { euw1-az1 = "subnet-0000000000000002a", euw1-az2 = "subnet-0000000000000002b", euw1-az3 = "subnet-0000000000000002c" }
      private_route_tables    = { euw1-az1 = "rtb-0000000000000000a", euw1-az2 = "rtb-0000000000000000b", euw1-az3 = "rtb-0000000000000000c" }
      restricted_route_tables = {}
    }
  }
  expect_failures = [var.existing_vpc]
}

run "refuses_zone_names" {
  command = plan
  variables {
    zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  }
  expect_failures = [var.zones]
}

run "refuses_two_zones_in_prod" {
  command = plan
  variables {
    zones = ["euw1-az1", "euw1-az2"]
  }
  expect_failures = [var.zones]
}

run "refuses_nat_outside_the_zones" {
  command = plan
  variables {
    environment = "dev"
    nat_zones   = ["euw1-az5"]
  }
  expect_failures = [var.nat_zones]
}

run "refuses_nat_in_prod" {
  command = plan
  variables {
    nat_zones = ["euw1-az1"]
  }
  expect_failures = [var.nat_zones]
}

run "refuses_an_endpoint_with_its_prefix" {
  command = plan
  variables {
    environment = "dev"
    nat_zones   = ["euw1-az1"]
    endpoints   = ["KMS"]
  }
  expect_failures = [var.endpoints]
}

run "refuses_to_cut_a_service_off" {
  command = plan
  variables {
    endpoints = ["kms"]
  }
  expect_failures = [var.endpoints]
}

run "refuses_unrecorded_traffic_in_prod" {
  command = plan
  variables {
    flow_logs = null
  }
  expect_failures = [var.flow_logs]
}

run "refuses_windows_of_five_minutes" {
  command = plan
  variables {
    flow_logs = { aggregation_seconds = 300 }
  }
  expect_failures = [var.flow_logs]
}

run "refuses_glacier_before_infrequent_access" {
  command = plan
  variables {
    flow_logs = { infrequent_days = 90, glacier_days = 90 }
  }
  expect_failures = [var.flow_logs]
}

run "refuses_a_threshold_below_zero" {
  command = plan
  variables {
    flow_logs = { thresholds = { ssh = -1 } }
  }
  expect_failures = [var.flow_logs]
}
