provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name                    = "orderflow-prod"
  region                  = "eu-west-1"
  environment             = "prod"
  account_id              = "123456789012"
  kms_key_arn             = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn         = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  administrator_role_arns = ["arn:aws:iam::123456789012:role/orderflow-prod-deploy"]
  replica_key_arns        = { eu-central-1 = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555" }

  secrets = {
    "reconciler/database" = {
      description      = "Password of the reconciler's database user"
      reader_role_arns = ["arn:aws:iam::123456789012:role/orderflow-prod-reconciler"]
      replicated       = true
      rotation = {
        function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:orderflow-prod-secret-rotation"
        role_arn     = "arn:aws:iam::123456789012:role/orderflow-prod-secret-rotation"
      }
    }
    venue-token = {
      description      = "Token of the venue's sandbox"
      reader_role_arns = ["arn:aws:iam::123456789012:role/orderflow-prod-order-router"]
    }
  }
}

run "secrets_are_under_our_key_and_can_be_brought_back" {
  command = plan

  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.this : secret.kms_key_id == var.kms_key_arn && secret.recovery_window_in_days == 30])
    error_message = "Secrets must be under the given key, with 30 days to bring them back in prod."
  }
}

run "only_readers_read" {
  command = plan

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.this["venue-token"].json).Statement[0].Principal.AWS == "arn:aws:iam::123456789012:role/orderflow-prod-order-router"
    error_message = "The reader must be named."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.this["venue-token"].json).Statement[1].Effect == "Deny" && jsondecode(data.aws_iam_policy_document.this["venue-token"].json).Statement[1].Condition.ArnNotLike["aws:PrincipalArn"] == ["arn:aws:iam::123456789012:role/orderflow-prod-deploy", "arn:aws:iam::123456789012:role/orderflow-prod-order-router"]
    error_message = "Everybody but readers and administrators must be refused."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.this["venue-token"].json).Statement[2].Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "TLS must be demanded."
  }
}

run "rotation_is_monthly_and_may_read" {
  command = plan

  assert {
    condition     = keys(aws_secretsmanager_secret_rotation.this) == ["reconciler/database"] && aws_secretsmanager_secret_rotation.this["reconciler/database"].rotation_rules[0].automatically_after_days == 30
    error_message = "A secret with a rotation must rotate every 30 days."
  }

  assert {
    condition     = contains(jsondecode(data.aws_iam_policy_document.this["reconciler/database"].json).Statement[1].Condition.ArnNotLike["aws:PrincipalArn"], "arn:aws:iam::123456789012:role/orderflow-prod-secret-rotation")
    error_message = "The rotation must be able to read what it rotates."
  }
}

run "standby_has_a_copy_under_its_own_key" {
  command = plan

  assert {
    condition     = one(aws_secretsmanager_secret.this["reconciler/database"].replica).region == "eu-central-1" && length(aws_secretsmanager_secret.this["venue-token"].replica) == 0
    error_message = "Replicated secrets, and only those, must be copied."
  }
}

run "failed_rotation_is_heard" {
  command = plan

  assert {
    condition     = contains(jsondecode(aws_cloudwatch_event_rule.trouble.event_pattern).detail.eventName, "RotationFailed") && aws_cloudwatch_event_target.trouble.arn == var.alarm_topic_arn
    error_message = "A rotation that fails must reach the topic."
  }
}

run "reader_policy_names_one_secret" {
  command = plan

  assert {
    condition     = jsondecode(output.read_policy_json["venue-token"]).Statement[0].Resource == "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orderflow-prod/venue-token-*"
    error_message = "A reader's policy must name its secret alone."
  }
}
