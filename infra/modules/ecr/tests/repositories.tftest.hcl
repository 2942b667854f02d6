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
  environment     = "prod"
  account_id      = "123456789012"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"

  repositories = {
    order-router = {}
    reconciler   = { pull_role_arns = ["arn:aws:iam::210987654321:role/orderflow-pull"] }
  }

  registry = {
    replica_regions  = ["eu-central-1"]
    replica_key_arns = { eu-central-1 = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
  }
}

run "tags_are_immutable_and_images_scanned_and_encrypted" {
  command = plan

  assert {
    condition     = alltrue([for repository in aws_ecr_repository.this : repository.image_tag_mutability == "IMMUTABLE" && repository.image_scanning_configuration[0].scan_on_push && repository.encryption_configuration[0].kms_key == var.kms_key_arn])
    error_message = "Every repository must be immutable, scanned on push and encrypted with the given key."
  }

  assert {
    condition     = alltrue([for repository in aws_ecr_repository.this : !repository.force_delete])
    error_message = "In prod a repository with images must not be deleted."
  }
}

run "old_images_go_and_rollbacks_stay" {
  command = plan

  assert {
    condition     = jsondecode(aws_ecr_lifecycle_policy.this["order-router"].policy).rules[1].selection.countNumber == 50
    error_message = "Fifty images must stay."
  }

  assert {
    condition     = jsondecode(aws_ecr_lifecycle_policy.this["order-router"].policy).rules[0].selection.tagStatus == "untagged"
    error_message = "Untagged layers must go first."
  }
}

run "only_named_roles_pull_from_outside" {
  command = plan

  assert {
    condition     = keys(aws_ecr_repository_policy.this) == ["reconciler"] && jsondecode(data.aws_iam_policy_document.this["reconciler"].json).Statement[0].Principal.AWS == "arn:aws:iam::210987654321:role/orderflow-pull"
    error_message = "A repository policy must name roles, and exist only where there are any."
  }
}

run "scanning_goes_on_after_the_push" {
  command = plan

  assert {
    condition     = aws_ecr_registry_scanning_configuration.this["this"].scan_type == "ENHANCED" && one(aws_ecr_registry_scanning_configuration.this["this"].rule).scan_frequency == "CONTINUOUS_SCAN"
    error_message = "Images must be scanned anew with each advisory."
  }
}

run "images_are_copied_to_the_standby_under_its_key" {
  command = plan

  assert {
    condition     = aws_ecr_replication_configuration.this["this"].replication_configuration[0].rule[0].destination[0].region == "eu-central-1"
    error_message = "The standby must have the images before it needs them."
  }

  assert {
    condition     = aws_ecr_repository_creation_template.replica["eu-central-1"].image_tag_mutability == "IMMUTABLE" && aws_ecr_repository_creation_template.replica["eu-central-1"].encryption_configuration[0].kms_key == var.registry.replica_key_arns["eu-central-1"]
    error_message = "Copies must be as immutable and encrypted as their originals."
  }
}

run "registry_of_another_page_is_left_alone" {
  command = plan

  variables {
    registry = null
  }

  assert {
    condition     = length(aws_ecr_registry_scanning_configuration.this) + length(aws_ecr_replication_configuration.this) + length(aws_iam_role.replica) == 0
    error_message = "Without registry settings nothing of the account's may change."
  }
}

run "findings_reach_the_topic" {
  command = plan

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.finding.event_pattern).detail.severity == ["HIGH", "CRITICAL"] && aws_cloudwatch_event_target.finding.arn == var.alarm_topic_arn
    error_message = "Findings of weight must reach the topic."
  }
}
