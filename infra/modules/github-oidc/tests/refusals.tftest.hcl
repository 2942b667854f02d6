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

run "name_with_capitals_is_refused" {
  command = plan

  variables {
    name = "OrderFlow"
  }

  expect_failures = [var.name]
}

run "short_account_is_refused" {
  command = plan

  variables {
    account_id = "1234"
  }

  expect_failures = [var.account_id]
}

run "whole_organisation_is_refused" {
  command = plan

  variables {
    repository = "example/*"
  }

  expect_failures = [var.repository]
}

run "boundary_by_name_is_refused" {
  command = plan

  variables {
    permissions_boundary_arn = "boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "role_with_capitals_is_refused" {
  command = plan

  variables {
    roles = { Plan = { description = "a", branches = ["main"], policies = { own = "{\"Statement\":[]}" } } }
  }

  expect_failures = [var.roles]
}

run "role_for_nobody_is_refused" {
  command = plan

  variables {
    roles = { plan = { description = "a", policies = { own = "{\"Statement\":[]}" } } }
  }

  expect_failures = [var.roles]
}

run "branch_by_pattern_is_refused" {
  command = plan

  variables {
    roles = { plan = { description = "a", branches = ["*"], policies = { own = "{\"Statement\":[]}" } } }
  }

  expect_failures = [var.roles]
}

run "pull_requests_with_a_branch_are_refused" {
  command = plan

  variables {
    roles = { plan = { description = "a", branches = ["main"], pull_requests = true, policies = { own = "{\"Statement\":[]}" } } }
  }

  expect_failures = [var.roles]
}

run "role_without_rights_is_refused" {
  command = plan

  variables {
    roles = { plan = { description = "a", branches = ["main"] } }
  }

  expect_failures = [var.roles]
}

run "every_role_is_refused" {
  command = plan

  variables {
    roles = { plan = { description = "a", branches = ["main"], assumed_role_arns = ["arn:aws:iam::123456789012:role/*"] } }
  }

  expect_failures = [var.roles]
}

run "policy_that_is_none_is_refused" {
  command = plan

  variables {
    roles = { plan = { description = "a", branches = ["main"], policies = { own = "allow" } } }
  }

  expect_failures = [var.roles]
}

run "day_long_session_is_refused" {
  command = plan

  variables {
    roles = { plan = { description = "a", branches = ["main"], policies = { own = "{\"Statement\":[]}" }, session_seconds = 43200 } }
  }

  expect_failures = [var.roles]
}
