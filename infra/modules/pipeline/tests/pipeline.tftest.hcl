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
  artifact_bucket = "orderflow-prod-eu-west-1-123456789012-artifacts"
  stack_path      = "infra/live/prod/eu-west-1"
  source_code     = { repository = "example/orderflow", connection = { arn = "arn:aws:codeconnections:eu-west-1:123456789012:connection/11111111-2222-3333-4444-555555555555" } }

  role_arns = {
    plan  = "arn:aws:iam::123456789012:role/orderflow-prod-state-plan-eu-west-1"
    apply = "arn:aws:iam::123456789012:role/orderflow-prod-state-apply-eu-west-1"
  }

  images = {
    order-router = {
      repository_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/orderflow-prod/order-router"
      repository_url = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/orderflow-prod/order-router"
    }
  }
}

run "a_person_stands_between_plan_and_apply" {
  command = plan

  assert {
    condition     = [for stage in aws_codepipeline.this.stage : stage.name] == ["Source", "Check", "Plan", "Approve", "Apply", "Images"]
    error_message = "Outside dev the plan must be approved before it is applied, and checked before it is made."
  }

  assert {
    condition     = aws_codepipeline.this.stage[3].action[0].provider == "Manual" && aws_codepipeline.this.stage[3].action[0].configuration["NotificationArn"] == var.alarm_topic_arn
    error_message = "A person must be asked."
  }
}

run "dev_applies_by_itself" {
  command = plan

  variables {
    environment = "dev"
    images      = {}
  }

  assert {
    condition     = [for stage in aws_codepipeline.this.stage : stage.name] == ["Source", "Check", "Plan", "Apply"]
    error_message = "Dev must apply without a person."
  }
}

run "what_was_approved_is_what_is_applied" {
  command = plan

  assert {
    condition     = aws_codepipeline.this.stage[4].action[0].input_artifacts == tolist(["source", "plan"]) && strcontains(aws_codebuild_project.this["apply"].source[0].buildspec, "terraform apply -input=false -lock-timeout=15m change.tfplan")
    error_message = "The apply must take the plan that was approved, not make its own."
  }
}

run "changes_come_one_after_the_other_and_encrypted" {
  command = plan

  assert {
    condition     = aws_codepipeline.this.execution_mode == "QUEUED" && one(aws_codepipeline.this.artifact_store).encryption_key[0].id == var.kms_key_arn
    error_message = "Changes must queue, and artifacts be under the key."
  }

  assert {
    condition     = alltrue([for project in aws_codebuild_project.this : project.encryption_key == var.kms_key_arn && !project.environment[0].privileged_mode])
    error_message = "Builds of the stack must be encrypted and not privileged."
  }
}

run "plan_can_not_apply" {
  command = plan

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.build["plan"].json).Statement : statement.Resource if statement.Sid == "TakeTheWorkingRole"]) == var.role_arns.plan
    error_message = "The plan's build must take the plan's role only."
  }

  assert {
    condition     = length([for statement in jsondecode(data.aws_iam_policy_document.build["image"].json).Statement : statement if statement.Sid == "TakeTheWorkingRole"]) == 0
    error_message = "The privileged image build must not reach the stack."
  }
}

run "codecommit_is_an_option" {
  command = plan

  variables {
    source_code = { kind = "codecommit", repository = "orderflow" }
  }

  assert {
    condition     = aws_codepipeline.this.stage[0].action[0].provider == "CodeCommit" && aws_codecommit_repository.this["this"].kms_key_id == var.kms_key_arn
    error_message = "The repository must be made, encrypted, and be the source."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.commit["this"].event_pattern).detail.referenceName == ["main"]
    error_message = "A push to the branch must start the pipeline."
  }
}

run "connection_is_made_when_none_is_given" {
  command = plan

  variables {
    source_code = { repository = "example/orderflow" }
  }

  assert {
    condition     = length(aws_codeconnections_connection.this) == 1 && length(aws_codecommit_repository.this) == 0
    error_message = "Without a connection one must be made."
  }
}

run "failures_are_heard" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.failed["pipeline"].metric_name == "FailedPipelineExecutions" && aws_cloudwatch_metric_alarm.failed["image-order-router"].metric_name == "FailedBuilds"
    error_message = "A failed pipeline and a failed image must ring."
  }
}

run "policies_are_checked_before_a_plan_is_made" {
  command = plan

  assert {
    condition     = alltrue([for verb in ["fmt", "validate", "test", "policy"] : strcontains(aws_codebuild_project.this["check"].source[0].buildspec, "cargo xtask infra ${verb}")])
    error_message = "The check must run format, validation, tests and policies."
  }
}

run "each_image_has_a_build" {
  command = plan

  assert {
    condition     = length(aws_codebuild_project.image) > 0 && alltrue([for service, project in aws_codebuild_project.image : strcontains(project.source[0].buildspec, "docker push") || strcontains(project.source[0].buildspec, "--push")])
    error_message = "An image is built and not pushed, or isn't built at all."
  }
}
