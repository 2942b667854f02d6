provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  environment = "prod"
  account_id  = "123456789012"
  domain      = "orderflow.example.com"
  repository  = "example/orderflow"
  limits_usd  = { month = 60000, regions = { eu-west-1 = 25000, eu-central-1 = 12000 } }
  contacts    = { owner = "owner@example.com" }
}

run "an_account_has_its_roles_and_its_topic" {
  command = plan

  assert {
    condition     = aws_iam_role_policy_attachment.workflow["plan"].role == "orderflow-github-plan" && aws_iam_role_policy_attachment.workflow["apply"].role == "orderflow-github-apply"
    error_message = "The roles aren't those that the state backends trust."
  }

  assert {
    condition     = output.alarm_topic_arn == "arn:aws:sns:us-east-1:123456789012:orderflow-prod-global-alarms"
    error_message = "The cells' DNS alarms go to a topic that nobody makes."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.workflow["plan"].policy_arn == "arn:aws:iam::aws:policy/ReadOnlyAccess"
    error_message = "A pull request's plan may write."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.workflow["drift"].policy_arn == "arn:aws:iam::aws:policy/ReadOnlyAccess"
    error_message = "The nightly comparison may write."
  }

  assert {
    condition     = [for statement in jsondecode(data.aws_iam_policy_document.push.json).Statement : statement.Resource if statement.Sid == "Push"] == ["arn:aws:ecr:*:123456789012:repository/orderflow-prod/*"]
    error_message = "The role of images pushes elsewhere."
  }
}

run "refused_values" {
  command = plan

  variables {
    name          = "Order-Flow"
    environment   = "test"
    account_id    = "12"
    domain        = "Orderflow"
    repository    = "orderflow"
    state_regions = []
    contacts      = {}
  }

  expect_failures = [var.name, var.environment, var.account_id, var.domain, var.repository, var.state_regions, var.contacts]
}

run "refused_regions_above_the_month" {
  command = plan

  variables {
    limits_usd = { month = 100, regions = { eu-west-1 = 101 } }
  }

  expect_failures = [var.limits_usd]
}
