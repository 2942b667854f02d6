# One customer-managed key per domain, with a policy that its account can always change again.

data "aws_partition" "current" {}

locals {
  primaries = { for domain, key in var.keys : domain => key if key.replica_of == null }
  replicas  = { for domain, key in var.keys : domain => key if key.replica_of != null }

  key_ids  = merge({ for domain, key in aws_kms_key.domain : domain => key.key_id }, { for domain, key in aws_kms_replica_key.domain : domain => key.key_id })
  key_arns = merge({ for domain, key in aws_kms_key.domain : domain => key.arn }, { for domain, key in aws_kms_replica_key.domain : domain => key.arn })

  grants = merge([for domain, key in var.keys : {
    for role in key.grants : "${domain}/${split(":role/", role)[1]}" => { domain = domain, role = role }
  }]...)
}

resource "aws_kms_key" "domain" {
  for_each = local.primaries

  region                             = var.region
  description                        = each.value.description
  key_usage                          = "ENCRYPT_DECRYPT"
  customer_master_key_spec           = "SYMMETRIC_DEFAULT"
  is_enabled                         = true
  enable_key_rotation                = true
  rotation_period_in_days            = 365
  deletion_window_in_days            = 30
  multi_region                       = each.value.multi_region
  bypass_policy_lockout_safety_check = false
  policy                             = data.aws_iam_policy_document.key[each.key].json
}

# Rotation of a replica follows its primary.
resource "aws_kms_replica_key" "domain" {
  for_each = local.replicas

  region                             = var.region
  description                        = each.value.description
  primary_key_arn                    = each.value.replica_of.arn
  enabled                            = true
  deletion_window_in_days            = 30
  bypass_policy_lockout_safety_check = false
  policy                             = data.aws_iam_policy_document.key[each.key].json
}

resource "aws_kms_alias" "domain" {
  for_each = var.keys

  region        = var.region
  name          = "alias/${var.name}-${each.key}"
  target_key_id = local.key_ids[each.key]
}

# Grants rather than policy text: a deploy role hands the key to services and takes it back without editing the policy.
resource "aws_kms_grant" "deploy" {
  for_each = local.grants

  region            = var.region
  name              = "${var.name}-${replace(each.key, "/", "-")}"
  key_id            = local.key_ids[each.value.domain]
  grantee_principal = each.value.role
  operations        = ["Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo", "CreateGrant"]
  retire_on_delete  = true
}
