provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name               = "orderflow-prod"
  region             = "eu-west-1"
  environment        = "prod"
  account_id         = "123456789012"
  kubernetes_version = "1.34"
  kms_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn    = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"

  network = {
    vpc_id     = "vpc-0123456789abcdef0"
    subnet_ids = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1", euw1-az2 = "subnet-0aaaaaaaaaaaaaaa2" }
  }

  access_entries = {
    deploy = {
      principal_arn = "arn:aws:iam::123456789012:role/orderflow-prod-deploy"
      policies      = { AmazonEKSClusterAdminPolicy = [] }
    }
    support = {
      principal_arn     = "arn:aws:iam::123456789012:role/orderflow-prod-support"
      kubernetes_groups = ["orderflow-support"]
      policies          = { AmazonEKSViewPolicy = ["orderflow"] }
    }
  }

  pod_identities = {
    order-router = {
      namespace       = "orderflow"
      service_account = "order-router"
      policy_json     = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }
}

run "endpoint_is_private" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_private_access && !aws_eks_cluster.this.vpc_config[0].endpoint_public_access
    error_message = "The API server must be reachable inside the VPC only."
  }
}

run "access_is_by_entries_alone" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.access_config[0].authentication_mode == "API" && !aws_eks_cluster.this.access_config[0].bootstrap_cluster_creator_admin_permissions
    error_message = "Access must come from access entries alone, and the creator must not be an administrator by accident."
  }

  assert {
    condition     = keys(aws_eks_access_policy_association.this) == ["deploy/AmazonEKSClusterAdminPolicy", "support/AmazonEKSViewPolicy"]
    error_message = "Each policy of an entry must be associated once."
  }

  assert {
    condition     = aws_eks_access_policy_association.this["support/AmazonEKSViewPolicy"].access_scope[0].type == "namespace"
    error_message = "A policy with namespaces must hold in those only."
  }

  assert {
    condition     = aws_eks_access_policy_association.this["deploy/AmazonEKSClusterAdminPolicy"].access_scope[0].type == "cluster"
    error_message = "A policy without namespaces must hold in the cluster."
  }

  assert {
    condition     = aws_eks_access_entry.node.type == "EC2_LINUX"
    error_message = "Nodes need an entry of their own, or Karpenter's never join."
  }
}

run "secrets_and_logs_are_under_our_key" {
  command = plan

  assert {
    condition     = tolist(aws_eks_cluster.this.encryption_config[0].resources) == tolist(["secrets"]) && aws_eks_cluster.this.encryption_config[0].provider[0].key_arn == var.kms_key_arn
    error_message = "Secrets must be wrapped by the given key."
  }

  assert {
    condition     = aws_cloudwatch_log_group.control_plane.kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.control_plane.retention_in_days == 365
    error_message = "The control-plane log must be encrypted and kept for a year in prod."
  }

  assert {
    condition     = aws_cloudwatch_log_group.control_plane.name == "/aws/eks/orderflow-prod/cluster"
    error_message = "EKS writes to this name only; another leaves its own unencrypted group in use."
  }
}

run "all_five_log_types_are_on" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.enabled_cluster_log_types == toset(["api", "audit", "authenticator", "controllerManager", "scheduler"])
    error_message = "All five control-plane logs must be on."
  }
}

run "zone_can_be_shifted_and_cluster_is_protected" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.zonal_shift_config[0].enabled && aws_eks_cluster.this.deletion_protection
    error_message = "Zonal shift and deletion protection must be on."
  }
}

run "auto_mode_and_oidc_are_absent_by_default" {
  command = plan

  assert {
    condition     = length(aws_eks_cluster.this.compute_config) == 0 && length(aws_iam_openid_connect_provider.this) == 0
    error_message = "Auto Mode and the OIDC provider must not exist unless asked for."
  }
}

run "auto_mode_brings_its_policies" {
  command = plan

  variables {
    auto_mode = {}
  }

  assert {
    condition     = length(aws_iam_role_policy_attachment.cluster) == 5 && aws_eks_access_entry.node.type == "EC2"
    error_message = "Auto Mode needs the four further policies and another type of node entry."
  }
}

run "each_limit_has_its_alarm" {
  command = plan

  assert {
    condition     = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.metric_name } == { apiserver-5xx = "apiserver_request_total_5XX", apiserver-429 = "apiserver_request_total_429", pods-unschedulable = "scheduler_pending_pods_UNSCHEDULABLE" }
    error_message = "The API server's errors, its refusals and pods without a node must each have an alarm."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset([var.alarm_topic_arn])])
    error_message = "Every alarm must reach the topic."
  }
}
