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
  account_id      = "123456789012"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  sessions        = { tag_values = ["orderflow"] }
}

run "sessions_are_logged_line_by_line_and_encrypted" {
  command = plan

  assert {
    condition     = jsondecode(aws_ssm_document.session.content).inputs.cloudWatchStreamingEnabled && jsondecode(aws_ssm_document.session.content).inputs.cloudWatchEncryptionEnabled && jsondecode(aws_ssm_document.session.content).inputs.kmsKeyId == var.kms_key_arn
    error_message = "Sessions must be streamed to an encrypted log, and encrypted themselves."
  }

  assert {
    condition     = aws_ssm_document.session.name == "SSM-SessionManagerRunShell" && aws_cloudwatch_log_group.sessions.kms_key_id == var.kms_key_arn
    error_message = "Only under this name do the settings hold for every session."
  }
}

run "sessions_end" {
  command = plan

  assert {
    condition     = jsondecode(aws_ssm_document.session.content).inputs.idleSessionTimeout == "15" && jsondecode(aws_ssm_document.session.content).inputs.maxSessionDuration == "60"
    error_message = "An idle session must end, and so must a long one."
  }
}

run "operators_open_tagged_machines_with_the_logged_document" {
  command = plan

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.operator.json).Statement[0].Condition.StringEquals["ssm:resourceTag/service"] == "orderflow"
    error_message = "Untagged machines must be closed."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.operator.json).Statement[1].Condition.BoolIfExists["ssm:SessionDocumentAccessCheck"] == "true"
    error_message = "A session with another document would not be logged."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.operator.json).Statement[2].Resource == "arn:aws:ssm:eu-west-1:123456789012:session/$${aws:userid}-*"
    error_message = "Only one's own session may be ended."
  }
}

run "guardduty_agent_is_installed_by_association" {
  command = plan

  assert {
    condition     = aws_ssm_association.this["guardduty"].name == "AWS-ConfigureAWSPackage" && aws_ssm_association.this["guardduty"].parameters["name"] == "AmazonGuardDuty-RuntimeMonitoringSsmPlugin"
    error_message = "Machines outside the cluster must get GuardDuty's agent."
  }

  assert {
    condition     = keys(aws_ssm_association.this) == ["guardduty", "inventory", "ssm-agent"] && aws_ssm_association.this["guardduty"].targets[0].key == "tag:agents"
    error_message = "Agents go to machines by tag."
  }
}

run "ssh_tunnel_is_absent_by_default" {
  command = plan

  assert {
    condition     = length(aws_ec2_instance_connect_endpoint.this) == 0 && output.instance_connect_endpoint_id == null
    error_message = "The endpoint must be asked for."
  }
}

run "ssh_tunnel_is_an_option" {
  command = plan

  variables {
    instance_connect = { subnet_id = "subnet-0123456789abcdef0", security_group_ids = ["sg-0123456789abcdef0"] }
  }

  assert {
    condition     = aws_ec2_instance_connect_endpoint.this["this"].subnet_id == "subnet-0123456789abcdef0"
    error_message = "The endpoint must be in the given subnet."
  }
}

run "each_session_is_seen" {
  command = plan

  assert {
    condition     = contains(jsondecode(aws_cloudwatch_event_rule.opened.event_pattern).detail.eventName, "StartSession") && aws_cloudwatch_event_target.opened.arn == var.alarm_topic_arn
    error_message = "Opening a session must reach the topic."
  }
}
