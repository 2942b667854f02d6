provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name             = "orderflow-prod"
  region           = "eu-west-1"
  account_id       = "123456789012"
  environment      = "prod"
  kms_key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn  = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  vpc_id           = "vpc-0123456789abcdef0"
  deploy_role_arns = ["arn:aws:iam::123456789012:role/orderflow-github-apply"]
  public           = ["alb"]
  groups = {
    alb = {
      description = "Load balancer of the reconciler"
      ingress     = { internet = { pattern = "https", cidr = "0.0.0.0/0" } }
      egress      = { tasks = { pattern = "api", group = "reconciler" } }
    }
    reconciler = {
      description = "Tasks of the reconciler"
      ingress     = { balancer = { pattern = "api", group = "alb" } }
      egress = {
        database = { pattern = "postgres", security_group_id = "sg-0123456789abcdef0" }
        tables   = { pattern = "https", prefix_list_id = "pl-0123456789abcdef0" }
        names    = { pattern = "dns", cidr = "10.16.0.2/32" }
      }
    }
  }
}

run "refuses_a_name_with_capitals" {
  command = plan
  variables {
    name = "Orderflow"
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

run "refuses_a_vpc_by_its_name" {
  command = plan
  variables {
    vpc_id = "main"
  }
  expect_failures = [var.vpc_id]
}

run "refuses_a_group_without_purpose" {
  command = plan
  variables {
    groups = { alb = { description = "alb" } }
  }
  expect_failures = [var.groups]
}

run "refuses_an_unknown_pattern" {
  command = plan
  variables {
    groups = { alb = { description = "Load balancer of the reconciler", ingress = { all = { pattern = "everything", cidr = "10.0.0.0/8" } } } }
  }
  expect_failures = [var.groups]
}

run "refuses_a_rule_without_a_peer" {
  command = plan
  variables {
    groups = { alb = { description = "Load balancer of the reconciler", ingress = { nobody = { pattern = "https" } } } }
  }
  expect_failures = [var.groups]
}

run "refuses_a_rule_with_two_peers" {
  command = plan
  variables {
    groups = { alb = { description = "Load balancer of the reconciler", ingress = { both = { pattern = "https", cidr = "10.0.0.0/8", group = "alb" } } } }
  }
  expect_failures = [var.groups]
}

run "refuses_a_group_that_is_not_there" {
  command = plan
  variables {
    groups = { alb = { description = "Load balancer of the reconciler", ingress = { other = { pattern = "https", group = "other" } } } }
  }
  expect_failures = [var.groups]
}

run "refuses_a_range_that_is_none" {
  command = plan
  variables {
    groups = { alb = { description = "Load balancer of the reconciler", ingress = { office = { pattern = "https", cidr = "office" } } } }
  }
  expect_failures = [var.groups]
}

run "refuses_an_open_group_that_is_not_public" {
  command = plan
  variables {
    public = []
    groups = { alb = { description = "Load balancer of the reconciler", ingress = { internet = { pattern = "https", cidr = "0.0.0.0/0" } } } }
  }
  expect_failures = [var.groups]
}

run "refuses_an_open_port_other_than_https" {
  command = plan
  variables {
    groups = { alb = { description = "Load balancer of the reconciler", ingress = { internet = { pattern = "api", cidr = "::/0" } } } }
  }
  expect_failures = [var.groups]
}

run "refuses_a_way_to_the_whole_internet_in_prod" {
  command = plan
  variables {
    groups = { alb = { description = "Load balancer of the reconciler", egress = { internet = { pattern = "https", cidr = "0.0.0.0/0" } } } }
  }
  expect_failures = [var.groups]
}

run "refuses_a_public_group_that_is_not_there" {
  command = plan
  variables {
    public = ["other"]
    groups = { alb = { description = "Load balancer of the reconciler" } }
  }
  expect_failures = [var.groups]
}

run "refuses_two_public_groups_in_prod" {
  command = plan
  variables {
    public = ["alb", "reconciler"]
  }
  expect_failures = [var.public]
}

run "refuses_any_role_as_deploy_role" {
  command = plan
  variables {
    deploy_role_arns = ["arn:aws:iam::123456789012:role/*"]
  }
  expect_failures = [var.deploy_role_arns]
}

run "refuses_an_alarm_at_no_change" {
  command = plan
  variables {
    max_changes = 0
  }
  expect_failures = [var.max_changes]
}
