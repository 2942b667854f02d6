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

run "rules_are_made_of_patterns" {
  command = plan

  assert {
    condition     = length(local.patterns) >= 15
    error_message = "There are fewer than 15 patterns."
  }

  assert {
    condition     = alltrue(flatten([for ports in values(local.patterns) : [for range in ports : range.protocol != "-1" && (range.protocol != "tcp" || ((range.from > 22 || range.to < 22) && (range.from > 3389 || range.to < 3389)))]]))
    error_message = "A pattern admits SSH, RDP or everything."
  }

  assert {
    condition     = toset(keys(aws_vpc_security_group_egress_rule.this)) == toset(["alb/tasks/tcp-8080", "reconciler/database/tcp-5432", "reconciler/tables/tcp-443", "reconciler/names/tcp-53", "reconciler/names/udp-53"])
    error_message = "A pattern with two protocols doesn't make two rules."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.this["reconciler/database/tcp-5432"].referenced_security_group_id == "sg-0123456789abcdef0" && aws_vpc_security_group_egress_rule.this["reconciler/tables/tcp-443"].prefix_list_id == "pl-0123456789abcdef0" && aws_vpc_security_group_egress_rule.this["reconciler/names/udp-53"].cidr_ipv4 == "10.16.0.2/32"
    error_message = "A rule's peer isn't the one that was given."
  }

  assert {
    condition     = alltrue([for rule in concat(values(aws_vpc_security_group_ingress_rule.this), values(aws_vpc_security_group_egress_rule.this)) : length(rule.description) > 3])
    error_message = "A rule doesn't say what it is for."
  }
}

run "only_the_load_balancer_is_open" {
  command = plan

  assert {
    condition     = output.open_rules == tolist(["alb/internet/tcp-443"])
    error_message = "Another rule is open to the internet, or the load balancer's isn't."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.this["alb/internet/tcp-443"].from_port == 443 && aws_vpc_security_group_ingress_rule.this["alb/internet/tcp-443"].to_port == 443 && aws_vpc_security_group_ingress_rule.this["alb/internet/tcp-443"].cidr_ipv4 == "0.0.0.0/0"
    error_message = "It is open on another port than 443."
  }
}

run "an_ipv6_range_is_one" {
  command = plan

  variables {
    groups = { alb = { description = "Load balancer of the reconciler", ingress = { internet = { pattern = "https", cidr = "::/0" } } } }
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.this["alb/internet/tcp-443"].cidr_ipv6 == "::/0" && aws_vpc_security_group_ingress_rule.this["alb/internet/tcp-443"].cidr_ipv4 == null
    error_message = "The range is put into the wrong argument."
  }

  assert {
    condition     = output.open_rules == tolist(["alb/internet/tcp-443"])
    error_message = "It isn't seen as open."
  }
}

run "changes_are_logged" {
  command = plan

  assert {
    condition     = aws_cloudwatch_log_group.changes.kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.changes.retention_in_days == 365 && aws_cloudwatch_log_group.changes.deletion_protection_enabled
    error_message = "Changes aren't written to an encrypted log group, kept for a year."
  }

  assert {
    condition     = length(setsubtract(["AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress", "ModifySecurityGroupRules", "CreateSecurityGroup", "DeleteSecurityGroup"], jsondecode(aws_cloudwatch_event_rule.this["changed"].event_pattern).detail.eventName)) == 0
    error_message = "The rule misses a way to change a group."
  }

  assert {
    condition     = aws_cloudwatch_event_target.log.arn == "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/orderflow-prod-security-groups" && jsondecode(data.aws_iam_policy_document.changes.json).Statement[0].Resource == "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/orderflow-prod-security-groups:*"
    error_message = "The changes don't go to the log group, or EventBridge may not write there."
  }
}

run "open_rules_and_hands_are_noticed" {
  command = plan

  assert {
    condition     = length(jsondecode(aws_cloudwatch_event_rule.this["open"].event_pattern).detail["$or"]) == 4 && strcontains(aws_cloudwatch_event_rule.this["open"].event_pattern, "\"0.0.0.0/0\"") && strcontains(aws_cloudwatch_event_rule.this["open"].event_pattern, "\"::/0\"")
    error_message = "An opening for IPv4 or IPv6, by a new rule or a changed one, isn't seen."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this["by-hand"].event_pattern).detail["$or"][0].userIdentity.sessionContext.sessionIssuer.arn[0]["anything-but"] == ["arn:aws:iam::123456789012:role/orderflow-github-apply"] && jsondecode(aws_cloudwatch_event_rule.this["by-hand"].event_pattern).detail["$or"][1].userIdentity.sessionContext.sessionIssuer.arn[0].exists == false
    error_message = "A change by another role than the deploy role isn't seen."
  }

  assert {
    condition     = alltrue([for watch, above in { changed = 30, by-hand = 0, open = 0 } : aws_cloudwatch_metric_alarm.this[watch].metric_name == "TriggeredRules" && aws_cloudwatch_metric_alarm.this[watch].dimensions.RuleName == aws_cloudwatch_event_rule.this[watch].name && aws_cloudwatch_metric_alarm.this[watch].threshold == above && aws_cloudwatch_metric_alarm.this[watch].alarm_actions == toset([var.alarm_topic_arn])])
    error_message = "One of the three has no alarm, or tells nobody."
  }

  assert {
    condition     = alltrue([for target in aws_cloudwatch_event_target.notice : target.arn == var.alarm_topic_arn]) && length(aws_cloudwatch_event_target.notice) == 2
    error_message = "Who did it is told to nobody."
  }
}
