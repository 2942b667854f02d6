provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod-api"
  region          = "eu-west-1"
  account_id      = "123456789012"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  associations    = { api = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/orderflow-prod-api/0123456789abcdef" }
}

run "managed_groups_block_and_the_rate_is_limited" {
  command = plan

  assert {
    condition     = toset(output.rule_names) == toset(["rate", "AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesSQLiRuleSet"])
    error_message = "Reputation, common, bad-input and SQL groups and the rate must be there."
  }

  assert {
    condition     = alltrue([for rule in jsondecode(aws_wafv2_web_acl.this.rule_json) : rule.OverrideAction == { None = {} } if startswith(rule.Name, "AWS")])
    error_message = "Groups must block, not count, by default."
  }

  assert {
    condition     = one([for rule in jsondecode(aws_wafv2_web_acl.this.rule_json) : rule.Statement.RateBasedStatement.Limit if rule.Name == "rate"]) == 2000
    error_message = "The rate must be limited per address."
  }
}

run "priorities_are_distinct" {
  command = plan

  variables {
    lists = { blocked_countries = ["KP"] }
  }

  assert {
    condition     = length(distinct([for rule in jsondecode(aws_wafv2_web_acl.this.rule_json) : rule.Priority])) == length(jsondecode(aws_wafv2_web_acl.this.rule_json))
    error_message = "WAF refuses two rules of one priority."
  }

  assert {
    condition     = contains(output.rule_names, "countries")
    error_message = "The blocked country must have its rule."
  }
}

run "lists_become_address_sets" {
  command = plan

  variables {
    lists = { allowed_cidrs = ["192.0.2.0/24"], blocked_cidrs = ["198.51.100.0/24"] }
  }

  assert {
    condition     = keys(aws_wafv2_ip_set.this) == ["allowed", "blocked"] && slice(output.rule_names, 0, 2) == ["allowed", "blocked"]
    error_message = "Both lists must have their set and their rule."
  }
}

run "single_rule_can_be_counted" {
  command = plan

  variables {
    managed_groups = {
      AWSManagedRulesCommonRuleSet         = { priority = 20, count_rules = ["SizeRestrictions_BODY"] }
      AWSManagedRulesKnownBadInputsRuleSet = { priority = 30, count_only = true }
    }
  }

  assert {
    condition     = one([for rule in jsondecode(aws_wafv2_web_acl.this.rule_json) : rule.Statement.ManagedRuleGroupStatement.RuleActionOverrides[0].Name if rule.Name == "AWSManagedRulesCommonRuleSet"]) == "SizeRestrictions_BODY"
    error_message = "A single rule must be countable."
  }

  assert {
    condition     = one([for rule in jsondecode(aws_wafv2_web_acl.this.rule_json) : rule.OverrideAction if rule.Name == "AWSManagedRulesKnownBadInputsRuleSet"]) == { Count = {} }
    error_message = "A group must be countable."
  }
}

run "log_is_encrypted_and_holds_no_token" {
  command = plan

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "aws-waf-logs-orderflow-prod-api" && aws_cloudwatch_log_group.this.kms_key_id == var.kms_key_arn
    error_message = "WAF writes to groups with its prefix only, and ours is encrypted."
  }

  assert {
    condition     = toset([for field in aws_wafv2_web_acl_logging_configuration.this.redacted_fields : field.single_header[0].name]) == toset(["authorization", "cookie"])
    error_message = "Tokens and cookies must be redacted."
  }
}

run "it_stands_before_the_load_balancer_and_rings" {
  command = plan

  assert {
    condition     = aws_wafv2_web_acl_association.this["api"].resource_arn == var.associations["api"] && aws_cloudwatch_metric_alarm.blocked.metric_name == "BlockedRequests"
    error_message = "The firewall must be associated, and many blocks must ring."
  }
}
