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
  account_id = "123456789012"
  repository = "example/orderflow"

  roles = {
    plan = {
      description       = "Plans on pull requests"
      pull_requests     = true
      assumed_role_arns = ["arn:aws:iam::123456789012:role/orderflow-prod-state-plan-eu-west-1"]
    }
    apply = {
      description       = "Applies after approval"
      environments      = ["prod"]
      assumed_role_arns = ["arn:aws:iam::123456789012:role/orderflow-prod-state-apply-eu-west-1"]
    }
    images = {
      description = "Pushes images from main"
      branches    = ["main"]
      policies    = { push = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
    }
  }
}

run "subjects_are_exact" {
  command = plan

  assert {
    condition = jsonencode(output.subjects) == jsonencode({
      plan   = ["repo:example/orderflow:pull_request"]
      apply  = ["repo:example/orderflow:environment:prod"]
      images = ["repo:example/orderflow:ref:refs/heads/main"]
    })
    error_message = "A role must be for one repository's branch, environment or pull requests."
  }

  assert {
    condition     = alltrue([for document in data.aws_iam_policy_document.trust : keys(jsondecode(document.json).Statement[0].Condition) == ["StringEquals"]])
    error_message = "Subjects must be compared for equality, never by pattern."
  }
}

run "audience_and_provider_are_bound" {
  command = plan

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.trust["apply"].json).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
    error_message = "The audience must be STS."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.trust["apply"].json).Statement[0].Principal.Federated == "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    error_message = "Only GitHub's provider of this account may vouch."
  }
}

run "pull_requests_take_the_plan_role_only" {
  command = plan

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.this["plan"].json).Statement[0].Resource == "arn:aws:iam::123456789012:role/orderflow-prod-state-plan-eu-west-1"
    error_message = "A pull request must reach the reading role and no other."
  }
}

run "own_policy_is_attached_where_given" {
  command = plan

  assert {
    condition     = keys(aws_iam_role_policy.own) == ["images/push"] && keys(aws_iam_role_policy.assume) == ["apply", "plan"]
    error_message = "Each role must have what it was given, and nothing else."
  }
}
