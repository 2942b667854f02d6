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

run "pod_role_trusts_one_service_account_of_this_cluster" {
  command = plan

  assert {
    condition = jsondecode(data.aws_iam_policy_document.pod_trust["order-router"].json).Statement[0].Condition == {
      StringEquals = {
        "aws:SourceAccount"                         = "123456789012"
        "aws:RequestTag/kubernetes-namespace"       = "orderflow"
        "aws:RequestTag/kubernetes-service-account" = "order-router"
      }
      ArnEquals = { "aws:SourceArn" = "arn:aws:eks:eu-west-1:123456789012:cluster/orderflow-prod" }
    }
    error_message = "A pod's role must be usable by its own service account in this cluster only."
  }

  assert {
    condition     = aws_eks_pod_identity_association.this["order-router"].namespace == "orderflow" && aws_eks_pod_identity_association.this["order-router"].service_account == "order-router"
    error_message = "A service account must be handed its role."
  }
}

run "pod_role_has_exactly_the_given_policy" {
  command = plan

  assert {
    condition     = aws_iam_role_policy.pod["order-router"].policy == var.pod_identities["order-router"].policy_json
    error_message = "The given policy must be the role's policy."
  }
}

run "node_role_has_no_network_rights" {
  command = plan

  assert {
    condition     = alltrue([for attachment in aws_iam_role_policy_attachment.node : !strcontains(attachment.policy_arn, "CNI")])
    error_message = "The CNI's rights belong to its pod: on the node every pod would have them."
  }
}

run "cluster_may_use_one_key" {
  command = plan

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.cluster_key.json).Statement[0].Resource == var.kms_key_arn
    error_message = "The cluster's role must name its key, not all keys."
  }
}
