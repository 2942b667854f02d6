provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  account_id = "123456789012"
}

run "every_region_has_its_own_backend" {
  command = plan

  assert {
    condition     = toset(keys(output.backends)) == toset(["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "eu-west-2"])
    error_message = "A Region that cells run in has no state backend."
  }

  assert {
    condition     = alltrue([for region, backend in output.backends : backend.region == region && backend.bucket == "orderflow-${region}-123456789012-state" && backend.encrypt && backend.use_lockfile])
    error_message = "A backend names another Region's bucket, or neither locks nor encrypts."
  }

  assert {
    condition     = alltrue([for region, roles in output.role_arns : roles.apply == "arn:aws:iam::123456789012:role/orderflow-state-apply-${region}"])
    error_message = "A Region's apply role isn't its own."
  }
}

run "only_pairs_are_copied_and_within_their_jurisdiction" {
  command = plan

  assert {
    condition     = toset(keys(aws_s3_bucket_replication_configuration.state)) == toset(["us-west-2", "eu-central-1"])
    error_message = "State is copied from a Region that is no pair's standby; UK state must not leave eu-west-2."
  }

  assert {
    condition     = alltrue([for region, rule in aws_s3_bucket_replication_configuration.state : substr(split(":", rule.rule[0].destination[0].bucket)[5], 0, 12) == substr("orderflow-${region}", 0, 12)])
    error_message = "State is copied to another continent."
  }

  assert {
    condition     = alltrue([for rule in aws_s3_bucket_replication_configuration.state : rule.rule[0].source_selection_criteria[0].sse_kms_encrypted_objects[0].status == "Enabled" && rule.rule[0].delete_marker_replication[0].status == "Disabled"])
    error_message = "Encrypted state isn't copied, or a deletion is."
  }

  assert {
    condition     = !anytrue(flatten([for document in data.aws_iam_policy_document.replication : [for s in jsondecode(document.json).Statement : contains(flatten([s.Resource]), "*")]]))
    error_message = "A replication role reaches every resource."
  }
}

run "own_state_moves_into_the_home_region" {
  command = plan

  assert {
    condition     = strcontains(output.backend_file, "bucket       = \"orderflow-eu-west-1-123456789012-state\"") && strcontains(output.backend_file, "use_lockfile = true")
    error_message = "The backend file doesn't name the home Region's bucket with its lock."
  }
}

run "lock_tables_on_request" {
  command = plan

  variables {
    lock_mechanism = "s3+dynamodb"
  }

  assert {
    condition     = alltrue([for backend in output.backends : backend.dynamodb_table == "orderflow-state-lock"])
    error_message = "A Region has no lock table."
  }
}
