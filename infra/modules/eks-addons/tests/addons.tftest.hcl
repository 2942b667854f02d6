provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name         = "orderflow-prod"
  region       = "eu-west-1"
  environment  = "prod"
  account_id   = "123456789012"
  cluster_name = "orderflow-prod"
  kms_key_arn  = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"

  versions = {
    vpc_cni                  = "v1.20.4-eksbuild.1"
    kube_proxy               = "v1.34.0-eksbuild.2"
    coredns                  = "v1.12.3-eksbuild.1"
    pod_identity_agent       = "v1.3.8-eksbuild.2"
    node_monitoring_agent    = "v1.4.0-eksbuild.2"
    ebs_csi_driver           = "v1.50.1-eksbuild.1"
    efs_csi_driver           = "v2.1.12-eksbuild.1"
    guardduty_agent          = "v1.12.1-eksbuild.2"
    cloudwatch_observability = "v4.4.0-eksbuild.1"
  }
}

run "cluster_has_its_addons_at_pinned_versions" {
  command = plan

  assert {
    condition     = alltrue([for name in ["vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent", "aws-ebs-csi-driver", "aws-efs-csi-driver"] : contains(keys(aws_eks_addon.this), name)])
    error_message = "Network, DNS, proxy, Pod Identity and both storage drivers must be there."
  }

  assert {
    condition     = aws_eks_addon.this["vpc-cni"].addon_version == var.versions.vpc_cni
    error_message = "An add-on's version must be the given one."
  }
}

run "guardduty_watches_the_nodes" {
  command = plan

  assert {
    condition     = contains(keys(aws_eks_addon.this), "aws-guardduty-agent")
    error_message = "The GuardDuty agent must be an add-on in prod."
  }
}

run "absent_version_is_an_absent_addon" {
  command = plan

  variables {
    environment = "dev"
    versions = {
      vpc_cni            = "v1.20.4-eksbuild.1", kube_proxy = "v1.34.0-eksbuild.2", coredns = "v1.12.3-eksbuild.1"
      pod_identity_agent = "v1.3.8-eksbuild.2"
    }
  }

  assert {
    condition     = length(aws_eks_addon.this) == 4 && keys(aws_iam_role.this) == ["vpc-cni"] && length(aws_iam_role_policy.ebs_key) == 0
    error_message = "Add-ons without a version, and their roles, must not exist."
  }
}

run "network_policy_is_enforced" {
  command = plan

  assert {
    condition     = jsondecode(aws_eks_addon.this["vpc-cni"].configuration_values).enableNetworkPolicy == "true"
    error_message = "Without the agent, network policies are text."
  }
}

run "pods_have_subnets_of_their_own" {
  command = plan

  variables {
    pod_network = {
      security_group_ids = ["sg-0123456789abcdef0"]
      zones              = { euw1-az1 = { zone_name = "eu-west-1a", subnet_id = "subnet-0aaaaaaaaaaaaaaa1" } }
    }
  }

  assert {
    condition     = jsondecode(aws_eks_addon.this["vpc-cni"].configuration_values).eniConfig.subnets["eu-west-1a"].id == "subnet-0aaaaaaaaaaaaaaa1"
    error_message = "Each zone needs its pod subnet."
  }

  assert {
    condition     = jsondecode(aws_eks_addon.this["vpc-cni"].configuration_values).env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG == "true"
    error_message = "Custom networking must be on, or the subnets are ignored."
  }
}

run "roles_are_bound_to_service_account_and_cluster" {
  command = plan

  assert {
    condition = jsondecode(data.aws_iam_policy_document.trust["aws-ebs-csi-driver"].json).Statement[0].Condition == {
      StringEquals = { "aws:SourceAccount" = "123456789012", "aws:RequestTag/kubernetes-service-account" = "ebs-csi-controller-sa" }
      ArnEquals    = { "aws:SourceArn" = "arn:aws:eks:eu-west-1:123456789012:cluster/orderflow-prod" }
    }
    error_message = "Another cluster or pod must not get the driver's rights."
  }
}

run "volume_key_is_handed_to_aws_only" {
  command = plan

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.ebs_key.json).Statement[1].Condition.Bool["kms:GrantIsForAWSResource"] == "true" && jsondecode(data.aws_iam_policy_document.ebs_key.json).Statement[0].Resource == var.kms_key_arn
    error_message = "The driver may use one key, and grant it to AWS services only."
  }
}

run "dns_survives_a_zone" {
  command = plan

  assert {
    condition     = jsondecode(aws_eks_addon.this["coredns"].configuration_values).topologySpreadConstraints[0].topologyKey == "topology.kubernetes.io/zone"
    error_message = "DNS must be spread over zones."
  }
}
