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
    condition     = aws_iam_role_policy_attachment.workflow["plan"].role == "orderflow-github-plan" && aws_iam_role_policy_attachment.apply["roles"].role == "orderflow-github-apply"
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

run "applying_never_takes_all_of_a_service" {
  command = plan

  # The longest names that there can be: a policy grows with them.
  variables {
    environment = "staging"
    name        = "orderflow"
  }

  assert {
    condition     = toset([for given in aws_iam_role_policy_attachment.workflow : given.policy_arn]) == toset(["arn:aws:iam::aws:policy/ReadOnlyAccess"])
    error_message = "A workflow has a policy of AWS' own that writes."
  }

  assert {
    condition = length(flatten([for policy in aws_iam_policy.apply : [
      for statement in jsondecode(policy.policy).Statement : [for action in flatten([statement.Action]) : action if endswith(action, ":*")]
    ]])) == 0
    error_message = "Applying may do everything of a service."
  }

  assert {
    condition     = alltrue([for policy in aws_iam_policy.apply : length(jsonencode(jsondecode(policy.policy))) <= 6144])
    error_message = "AWS takes 6,144 characters a policy."
  }

  assert {
    condition     = length(aws_iam_policy.apply) + 1 <= 10
    error_message = "AWS attaches ten policies to a role."
  }
}

run "applying_cannot_widen_itself" {
  command = plan

  # Rights over rights: of this environment's names, and of roles that AWS wrote.
  assert {
    condition = alltrue(flatten([for policy in aws_iam_policy.apply : [
      for statement in jsondecode(policy.policy).Statement : [
        for resource in flatten([statement.Resource]) : can(regex("^arn:aws:iam::123456789012:(role|policy|instance-profile)/orderflow-prod-\\*$", resource)) || resource == "arn:aws:iam::123456789012:role/aws-service-role/*"
      ] if statement.Effect == "Allow" && anytrue([for action in flatten([statement.Action]) : startswith(action, "iam:")])
    ]]))
    error_message = "Applying reaches roles or policies that aren't its environment's."
  }

  assert {
    condition = length(flatten([for policy in aws_iam_policy.apply : [
      for statement in jsondecode(policy.policy).Statement : statement.Sid
      if statement.Effect == "Deny" && contains(flatten([statement.Resource]), "arn:aws:iam::123456789012:role/orderflow-github*") && contains(flatten([statement.Resource]), "arn:aws:iam::123456789012:policy/orderflow-apply-*") && contains(flatten([statement.Action]), "iam:Put*")
    ]])) == 1
    error_message = "What stands above an environment isn't denied."
  }

  # What each policy's own name is: none of the environment's.
  assert {
    condition     = alltrue([for policy in aws_iam_policy.apply : startswith(policy.name, "orderflow-apply-")])
    error_message = "Applying could write its own policies."
  }

  assert {
    condition = alltrue(flatten([for policy in aws_iam_policy.apply : [
      for statement in jsondecode(policy.policy).Statement : [
        for test, keys in statement.Condition : length(flatten([for values in values(keys) : [for value in flatten([values]) : value if value == "*"]])) == 0
      ] if try(contains(flatten([statement.Action]), "iam:PassRole") || contains(flatten([statement.Action]), "iam:AttachRolePolicy"), false) && statement.Effect == "Allow"
    ]]))
    error_message = "A role may be passed to any service, or be given any policy."
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
