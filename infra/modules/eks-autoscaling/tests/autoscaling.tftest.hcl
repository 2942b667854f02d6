provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name        = "orderflow-prod"
  region      = "eu-west-1"
  environment = "prod"
  account_id  = "123456789012"
  kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"

  cluster = {
    name               = "orderflow-prod"
    node_role_arn      = "arn:aws:iam::123456789012:role/orderflow-prod-node-eu-west-1"
    node_role_name     = "orderflow-prod-node-eu-west-1"
    security_group_ids = ["sg-0123456789abcdef0"]
  }

  system_pool = {
    subnet_ids         = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1", euw1-az2 = "subnet-0aaaaaaaaaaaaaaa2" }
    kubernetes_version = "1.34"
  }
}

run "system_pool_is_on_demand_one_to_ten" {
  command = plan

  assert {
    condition     = aws_eks_node_group.system.capacity_type == "ON_DEMAND" && aws_eks_node_group.system.scaling_config[0].min_size == 1 && aws_eks_node_group.system.scaling_config[0].max_size == 10
    error_message = "The system pool must be on demand, one to ten nodes."
  }

  assert {
    condition     = aws_eks_node_group.system.node_repair_config[0].enabled && length(aws_eks_node_group.system.subnet_ids) == 2
    error_message = "Sick nodes must be replaced, and every given zone used."
  }
}

run "karpenter_touches_only_what_is_tagged" {
  command = plan

  assert {
    condition = alltrue([
      for statement in jsondecode(data.aws_iam_policy_document.karpenter.json).Statement :
      statement.Condition.StringEquals["aws:ResourceTag/kubernetes.io/cluster/orderflow-prod"] == "owned"
      if contains(["EndWhatIsOurs", "LaunchFromOurTemplates", "NameOurInstances"], statement.Sid)
    ])
    error_message = "Karpenter must not end or rename what isn't the cluster's."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(data.aws_iam_policy_document.karpenter.json).Statement :
      statement.Sid == "LookWhereAwsHasNoResource" || !contains(flatten([statement.Resource]), "*")
    ])
    error_message = "Only look-ups without a resource may name all resources."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(data.aws_iam_policy_document.karpenter.json).Statement : alltrue([for action in flatten([statement.Action]) : !strcontains(action, "*")])])
    error_message = "No action may be a wildcard."
  }

  assert {
    condition = one([
      for statement in jsondecode(data.aws_iam_policy_document.karpenter.json).Statement :
      statement.Resource if statement.Sid == "GiveNodesTheirRole"
    ]) == var.cluster.node_role_arn
    error_message = "Karpenter may pass the nodes' role only: any other would let it become an administrator."
  }
}

run "karpenter_hears_of_interruptions" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_event_rule.interruption) == 5 && output.interruption_queue_name == "orderflow-prod-interruptions"
    error_message = "Health, Spot, rebalance, state and reservation notices must reach the queue."
  }

  assert {
    condition     = aws_sqs_queue.interruption["this"].sqs_managed_sse_enabled
    error_message = "The queue must be encrypted."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.interruption.json).Statement[1].Effect == "Deny" && jsondecode(data.aws_iam_policy_document.interruption.json).Statement[1].Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "The queue must demand TLS."
  }
}

run "cluster_autoscaler_resizes_our_groups_only" {
  command = plan

  variables {
    autoscaler = { kind = "cluster-autoscaler" }
  }

  assert {
    condition     = length(aws_sqs_queue.interruption) == 0 && length(aws_iam_instance_profile.node) == 0 && aws_iam_role_policy.autoscaler.name == "cluster-autoscaler"
    error_message = "The variant must leave Karpenter's things out."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.cluster_autoscaler.json).Statement[0].Condition.StringEquals["aws:ResourceTag/k8s.io/cluster-autoscaler/orderflow-prod"] == "owned"
    error_message = "Groups of another cluster must be out of reach."
  }
}

run "role_is_bound_to_the_service_account" {
  command = plan

  assert {
    condition     = aws_eks_pod_identity_association.autoscaler.service_account == "karpenter" && output.service_account == "kube-system/karpenter"
    error_message = "The association must name the kind's service account."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.trust.json).Statement[0].Condition.ArnEquals["aws:SourceArn"] == "arn:aws:eks:eu-west-1:123456789012:cluster/orderflow-prod"
    error_message = "Another cluster must not get the role."
  }
}

run "al2023_pool_starts_its_agents" {
  command = plan

  variables {
    system_pool = { subnet_ids = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1" }, ami_type = "AL2023_ARM_64_STANDARD" }
  }

  assert {
    condition     = strcontains(module.system.user_data, "systemctl enable --now auditd")
    error_message = "An AL2023 node must start its agents."
  }
}

run "bottlerocket_pool_runs_no_script" {
  command = plan

  assert {
    condition     = startswith(module.system.user_data, "[settings.kernel]")
    error_message = "A Bottlerocket node reads settings, no script."
  }
}
