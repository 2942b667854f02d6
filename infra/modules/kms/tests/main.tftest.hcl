provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name       = "orderflow-prod"
  region     = "eu-west-1"
  account_id = "123456789012"
  keys = {
    data = {
      description = "Tables, streams and volumes"
      services    = ["dynamodb", "kinesis"]
      users       = ["arn:aws:iam::123456789012:role/orderflow-prod-order-router-eu-west-1"]
    }
    logs = {
      description = "Log groups and alarm topics"
      services    = ["logs", "sns", "cloudwatch"]
    }
  }
}

run "every_key_rotates_and_waits_before_it_goes" {
  command = plan

  assert {
    condition     = alltrue([for key in aws_kms_key.domain : key.enable_key_rotation && key.deletion_window_in_days == 30 && key.is_enabled && !key.multi_region])
    error_message = "A key doesn't rotate, or could be deleted sooner than in 30 days."
  }

  assert {
    condition     = aws_kms_alias.domain["data"].name == "alias/orderflow-prod-data" && aws_kms_key.domain["data"].region == "eu-west-1"
    error_message = "A key's alias or Region isn't the one that was asked for."
  }
}

run "a_mistaken_deletion_can_be_taken_back_for_thirty_days" {
  command = plan

  assert {
    condition     = toset([for key in aws_kms_key.domain : key.deletion_window_in_days]) == toset([30])
    error_message = "A key could be gone sooner than in 30 days."
  }
}

run "keys_turn_each_year" {
  command = plan

  assert {
    condition     = alltrue([for key in aws_kms_key.domain : key.enable_key_rotation && key.rotation_period_in_days == 365])
    error_message = "A key isn't turned each year."
  }
}

run "no_policy_locks_its_owner_out" {
  command = plan

  assert {
    condition     = alltrue([for document in data.aws_iam_policy_document.key : anytrue([for s in jsondecode(document.json).Statement : s.Effect == "Allow" && s.Action == "kms:*" && try(s.Principal.AWS, "") == "arn:aws:iam::123456789012:root" && !can(s.Condition)])])
    error_message = "The account can't change a key's policy."
  }

  assert {
    condition     = alltrue([for key in aws_kms_key.domain : !key.bypass_policy_lockout_safety_check])
    error_message = "The lockout safety check is bypassed."
  }

  assert {
    condition     = alltrue(flatten([for document in data.aws_iam_policy_document.key : [for s in jsondecode(document.json).Statement : s.Effect == "Allow"]]))
    error_message = "A policy denies something: a deny can lock the owner out."
  }
}

run "only_named_principals_use_a_key" {
  command = plan

  assert {
    condition     = alltrue(flatten([for document in data.aws_iam_policy_document.key : [for s in jsondecode(document.json).Statement : s.Sid == "AccountKeepsControl" || (can(s.Condition) && !strcontains(jsonencode(s.Principal), "\"*\""))]]))
    error_message = "A statement beside the account's has no condition, or its principal is everybody."
  }

  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.key["logs"].json).Statement : s.Sid == "LogsUseKey" && try(s.Principal.Service, "") == "logs.eu-west-1.amazonaws.com" && try(s.Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"], "") == "arn:aws:logs:eu-west-1:123456789012:log-group:*"])
    error_message = "Log groups of another account, or of another Region, could use the key."
  }

  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.key["data"].json).Statement : s.Sid == "ServicesUseKey" && try(s.Condition.StringEquals["aws:SourceAccount"], "") == "123456789012"])
    error_message = "A service may use the key for another account."
  }

  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.key["data"].json).Statement : s.Sid == "RolesUseKey" && try(s.Condition.ArnEquals["aws:PrincipalArn"], "") == "arn:aws:iam::123456789012:role/orderflow-prod-order-router-eu-west-1"])
    error_message = "The router's role isn't admitted, or another is."
  }

  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.key["data"].json).Statement : s.Sid == "RolesGrantToServices" && try(s.Condition.Bool["kms:GrantIsForAWSResource"], "") == "true"])
    error_message = "A grant may go to something that isn't an AWS resource."
  }
}

run "deploy_roles_get_grants" {
  command = plan

  variables {
    keys = {
      data = {
        description = "Tables, streams and volumes"
        grants      = ["arn:aws:iam::123456789012:role/orderflow-ci-apply"]
      }
    }
  }

  assert {
    condition     = aws_kms_grant.deploy["data/orderflow-ci-apply"].grantee_principal == "arn:aws:iam::123456789012:role/orderflow-ci-apply" && !contains(aws_kms_grant.deploy["data/orderflow-ci-apply"].operations, "RetireGrant") && aws_kms_grant.deploy["data/orderflow-ci-apply"].retire_on_delete
    error_message = "The deploy role has no grant, or one that it can administer the key with."
  }
}

run "a_pair_shares_one_key" {
  command = plan

  variables {
    keys = {
      data = {
        description  = "Tables and buckets of the pair"
        multi_region = true
      }
      copy = {
        description = "Replica of the other pair's key"
        replica_of  = { arn = "arn:aws:kms:eu-central-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef" }
      }
    }
  }

  assert {
    condition     = aws_kms_key.domain["data"].multi_region && !can(aws_kms_key.domain["copy"])
    error_message = "The primary isn't a multi-Region key."
  }

  assert {
    condition     = aws_kms_replica_key.domain["copy"].primary_key_arn == "arn:aws:kms:eu-central-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef" && aws_kms_replica_key.domain["copy"].deletion_window_in_days == 30
    error_message = "The replica isn't made from its primary, or goes sooner than in 30 days."
  }

  assert {
    condition     = strcontains(data.aws_iam_policy_document.key["copy"].json, "AccountKeepsControl")
    error_message = "A replica has no policy of its own that keeps the account in control."
  }
}
