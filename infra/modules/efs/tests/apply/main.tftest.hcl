provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod-files"
  region          = "eu-west-1"
  account_id      = "123456789012"
  environment     = "prod"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  network = {
    vpc_id     = "vpc-0123456789abcdef0"
    subnet_ids = { euw1-az1 = "subnet-0000000000000001a", euw1-az2 = "subnet-0000000000000001b" }
  }
  access_points    = { statements = { path = "/statements", uid = 10001, gid = 10001 } }
  client_role_arns = ["arn:aws:iam::123456789012:role/orderflow-prod-reconciler-eu-west-1"]
}

run "only_named_roles_mount_and_with_tls" {
  command = apply


  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.this.json).Statement : s.Effect == "Deny" && contains(s.Action, "elasticfilesystem:ClientMount") && try(s.Condition.Bool["aws:SecureTransport"], "") == "false"])
    error_message = "A client can mount without TLS."
  }

  assert {
    condition     = anytrue([for s in jsondecode(data.aws_iam_policy_document.this.json).Statement : s.Condition.ArnEquals["aws:PrincipalArn"] == "arn:aws:iam::123456789012:role/orderflow-prod-reconciler-eu-west-1" && s.Condition.Bool["elasticfilesystem:AccessedViaMountTarget"] == "true" && startswith(s.Condition.ArnLike["elasticfilesystem:AccessPointArn"], "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/") && !contains(s.Action, "elasticfilesystem:ClientRootAccess") && s.Resource == aws_efs_file_system.this.arn if s.Effect == "Allow"])
    error_message = "Another role can mount, or past the access point, or as root."
  }

  assert {
    condition     = !aws_efs_file_system_policy.this.bypass_policy_lockout_safety_check
    error_message = "The lockout check is bypassed."
  }

  assert {
    condition     = aws_efs_access_point.this["statements"].posix_user[0].uid == 10001 && aws_efs_access_point.this["statements"].root_directory[0].path == "/statements"
    error_message = "An access point makes its user root."
  }
}
