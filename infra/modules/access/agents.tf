# Agents on machines that no cluster looks after. On EKS nodes GuardDuty's agent is an add-on instead.

locals {
  associations = {
    guardduty = {
      document   = "AWS-ConfigureAWSPackage"
      parameters = { action = "Install", installationType = "Uninstall and reinstall", name = "AmazonGuardDuty-RuntimeMonitoringSsmPlugin" }
      schedule   = "rate(7 days)"
    }
    ssm-agent = {
      document   = "AWS-UpdateSSMAgent"
      parameters = {}
      schedule   = "rate(14 days)"
    }
    inventory = {
      document   = "AWS-GatherSoftwareInventory"
      parameters = {}
      schedule   = "rate(12 hours)"
    }
  }
}

resource "aws_ssm_association" "this" {
  for_each = local.associations

  region              = var.region
  association_name    = "${var.name}-${each.key}"
  name                = each.value.document
  parameters          = each.value.parameters
  schedule_expression = each.value.schedule
  compliance_severity = "HIGH"
  max_concurrency     = "10%"
  max_errors          = "25%"

  targets {
    key    = "tag:${var.agents.tag_key}"
    values = sort(var.agents.tag_values)
  }
}
