# What the applying workflow may do, service by service: to what is called as this environment's is, or, where an ARN has
# no name in it, to what lies in this account. Never everything of a service. Reading is AWS' ReadOnlyAccess.
# `cargo xtask infra policy applying` holds it against every type of resource that a stack has.

locals {
  # What an ARN says between service and resource.
  places = { region = "*:${var.account_id}", account = ":${var.account_id}", nowhere = ":", aws = "*:" }

  # Per policy and statement: service, actions, and resources by place; none is `*`, for actions that know no resource.
  apply = {
    network = {
      Ec2 = {
        service = "ec2"
        actions = [
          "AllocateAddress", "AssociateAddress", "AssociateRouteTable", "AssociateSubnetCidrBlock", "AssociateVpcCidrBlock",
          "AttachInternetGateway", "AuthorizeSecurityGroup*", "CancelCapacityReservation", "CreateCapacityReservation",
          "CreateFlowLogs", "CreateInternetGateway", "CreateLaunchTemplate*", "CreateNatGateway", "CreateNetworkAcl*",
          "CreatePlacementGroup", "CreateRoute", "CreateRouteTable", "CreateSecurityGroup", "CreateSubnet", "CreateTags",
          "CreateVpc", "CreateVpcEndpoint", "DeleteFlowLogs", "DeleteInternetGateway", "DeleteLaunchTemplate*",
          "DeleteNatGateway", "DeleteNetworkAcl*", "DeletePlacementGroup", "DeleteRoute", "DeleteRouteTable",
          "DeleteSecurityGroup", "DeleteSubnet", "DeleteTags", "DeleteVpc", "DeleteVpcEndpoints", "DetachInternetGateway",
          "DisassociateAddress", "DisassociateRouteTable", "DisassociateSubnetCidrBlock", "DisassociateVpcCidrBlock",
          "ModifyCapacityReservation", "ModifyLaunchTemplate", "ModifySecurityGroupRules", "ModifySubnetAttribute",
          "ModifyVpcAttribute", "ModifyVpcEndpoint", "ReleaseAddress", "ReplaceNetworkAcl*", "ReplaceRoute*",
          "RevokeSecurityGroup*", "UpdateSecurityGroupRuleDescriptions*",
        ]
        region = ["*"]
      }
      # EKS asks whether its caller could start what the launch template says.
      NodeGroups = { service = "ec2", actions = ["RunInstances"], region = ["*"], aws = ["image/*"] }
      Balancers = {
        service = "elasticloadbalancing"
        actions = [
          "AddTags", "CreateListener", "CreateLoadBalancer", "CreateRule", "CreateTargetGroup", "DeleteListener",
          "DeleteLoadBalancer", "DeleteRule", "DeleteTargetGroup", "DeregisterTargets", "ModifyCapacityReservation",
          "ModifyListener*", "ModifyLoadBalancerAttributes", "ModifyRule", "ModifyTargetGroup*", "RegisterTargets",
          "RemoveTags", "SetIpAddressType", "SetRulePriorities", "SetSecurityGroups", "SetSubnets",
        ]
        region = [for kind in ["listener", "listener-rule", "loadbalancer"] : "${kind}/app/${local.prefix}-*"]
      }
      TargetGroups = {
        service = "elasticloadbalancing"
        actions = ["AddTags", "CreateTargetGroup", "DeleteTargetGroup", "ModifyTargetGroup*", "RegisterTargets", "DeregisterTargets", "RemoveTags"]
        region  = ["targetgroup/${local.prefix}-*"]
      }
      BalancerFirewall = { service = "elasticloadbalancing", actions = ["SetWebAcl"] }
      Firewall = {
        service = "wafv2"
        actions = ["AssociateWebACL", "CreateWebACL", "DeleteLoggingConfiguration", "DeleteWebACL", "DisassociateWebACL", "PutLoggingConfiguration", "TagResource", "UntagResource", "UpdateWebACL"]
        region  = ["regional/webacl/${local.prefix}-*", "regional/managedruleset/*"]
      }
      FirewallOfBalancers = {
        service = "wafv2"
        actions = ["AssociateWebACL", "DisassociateWebACL"]
        arns    = ["arn:${data.aws_partition.current.partition}:elasticloadbalancing:*:${var.account_id}:loadbalancer/app/${local.prefix}-*"]
      }
      NewDns = { service = "route53", actions = ["CreateHealthCheck", "CreateHostedZone"] }
      Dns = {
        service = "route53"
        actions = [
          "ChangeResourceRecordSets", "ChangeTagsForResource", "CreateQueryLoggingConfig", "DeleteHealthCheck", "DeleteHostedZone",
          "DeleteQueryLoggingConfig", "UpdateHealthCheck", "UpdateHostedZoneComment",
        ]
        nowhere = ["healthcheck/*", "hostedzone/*", "queryloggingconfig/*"]
      }
      NewCertificates = { service = "acm", actions = ["RequestCertificate"] }
      Certificates = {
        service = "acm"
        actions = ["AddTagsToCertificate", "DeleteCertificate", "RemoveTagsFromCertificate", "UpdateCertificateOptions"]
        region  = ["certificate/*"]
      }
    }

    stores = {
      # A replica is made by who may also write what it copies.
      Tables = {
        service = "dynamodb"
        actions = [
          "BatchWriteItem", "CreateTable", "CreateTableReplica", "DeleteItem", "DeleteResourcePolicy", "DeleteTable",
          "DeleteTableReplica", "PutItem", "PutResourcePolicy", "TagResource", "UntagResource", "UpdateContinuousBackups",
          "UpdateContributorInsights", "UpdateItem", "UpdateTable", "UpdateTimeToLive",
        ]
        region = ["table/${local.prefix}-*"]
      }
      Databases = {
        service = "rds"
        actions = [
          "AddSourceIdentifierToSubscription", "AddTagsToResource", "CreateDB*", "CreateEventSubscription", "DeleteDBInstance",
          "DeleteDBParameterGroup", "DeleteDBSubnetGroup", "DeleteEventSubscription", "ModifyDB*", "ModifyEventSubscription",
          "PromoteReadReplica", "RebootDBInstance", "RemoveSourceIdentifierFromSubscription", "RemoveTagsFromResource",
          "ResetDBParameterGroup",
        ]
        region = concat(["og:default*"], [for kind in ["db", "es", "pg", "snapshot", "subgrp"] : "${kind}:${local.prefix}*"])
      }
      Caches = {
        service = "elasticache"
        actions = [
          "AddTagsToResource", "CreateCacheCluster", "CreateCacheParameterGroup", "CreateCacheSubnetGroup", "CreateReplicationGroup",
          "CreateSnapshot", "CreateUser*", "Decrease*", "DeleteCacheCluster", "DeleteCacheParameterGroup", "DeleteCacheSubnetGroup",
          "DeleteReplicationGroup", "DeleteUser*", "Increase*", "Modify*", "RemoveTagsFromResource",
        ]
        region = concat(["parametergroup:default*", "user:default"], [
          for kind in ["cluster", "parametergroup", "replicationgroup", "snapshot", "subnetgroup", "user", "usergroup"] : "${kind}:${local.prefix}*"
        ])
      }
      NewFiles = { service = "elasticfilesystem", actions = ["CreateFileSystem"] }
      Files = {
        service = "elasticfilesystem"
        actions = [
          "CreateAccessPoint", "CreateMountTarget", "CreateReplicationConfiguration", "Delete*", "ModifyMountTargetSecurityGroups",
          "Put*", "TagResource", "UntagResource", "UpdateFileSystem*",
        ]
        region = ["access-point/*", "file-system/*"]
      }
      Buckets = {
        service = "s3"
        actions = [
          "CreateBucket", "DeleteBucket", "DeleteBucketPolicy", "PutBucket*", "PutEncryptionConfiguration", "PutLifecycleConfiguration",
          "PutReplicationConfiguration",
        ]
        bucket = ["${local.prefix}-*"]
      }
      Secrets = {
        service = "secretsmanager"
        actions = [
          "CancelRotateSecret", "CreateSecret", "DeleteResourcePolicy", "DeleteSecret", "GetSecretValue", "Put*", "RemoveRegionsFromReplication",
          "ReplicateSecretToRegions", "RotateSecret", "StopReplicationToReplica", "TagResource", "UntagResource", "UpdateSecret*",
        ]
        region = ["secret:${local.prefix}*"]
      }
      Images = {
        service = "ecr"
        actions = [
          "CreateRepository", "DeleteLifecyclePolicy", "DeleteRepository*", "PutImageScanningConfiguration", "PutImageTagMutability",
          "PutLifecyclePolicy", "SetRepositoryPolicy", "TagResource", "UntagResource",
        ]
        region = ["repository/${local.prefix}/*"]
      }
      Registry = {
        service = "ecr"
        actions = [
          "CreateRepositoryCreationTemplate", "DeleteRepositoryCreationTemplate", "PutRegistryScanningConfiguration",
          "PutReplicationConfiguration", "UpdateRepositoryCreationTemplate",
        ]
      }
      Backups = {
        service = "backup"
        actions = [
          "CreateBackup*", "CreateRestoreTesting*", "DeleteBackupPlan", "DeleteBackupSelection", "DeleteBackupVault*",
          "DeleteRestoreTesting*", "PutBackupVault*", "TagResource", "UntagResource", "UpdateBackupPlan", "UpdateRestoreTesting*",
        ]
        region = ["backup-plan:*", "backup-vault:${local.prefix}*", "restore-testing-plan:*"]
      }
      BackupsOfTheRegion = { service = "backup", actions = ["UpdateRegionSettings"] }
      BackupStorage      = { service = "backup-storage", actions = ["MountCapsule"] }
    }

    running = {
      NewClusters = { service = "eks", actions = ["CreateCluster"] }
      Clusters = {
        service = "eks"
        actions = [
          "AssociateAccessPolicy", "CreateAccessEntry", "CreateAddon", "CreateNodegroup", "CreatePodIdentityAssociation", "Delete*",
          "DisassociateAccessPolicy", "TagResource", "UntagResource", "Update*",
        ]
        region = [for kind in ["access-entry", "addon", "cluster", "nodegroup", "podidentityassociation"] : "${kind}/${local.prefix}*"]
      }
      Tasks = {
        service = "ecs"
        actions = [
          "CreateCluster", "CreateService", "DeleteCluster", "DeleteService", "PutClusterCapacityProviders", "TagResource", "UntagResource",
          "UpdateCluster*", "UpdateService",
        ]
        region = [for kind in ["cluster", "service", "task-definition"] : "${kind}/${local.prefix}-*"]
      }
      TaskDefinitions = { service = "ecs", actions = ["DeregisterTaskDefinition", "RegisterTaskDefinition"] }
      Scaling = {
        service = "application-autoscaling"
        actions = ["DeleteScalingPolicy", "DeregisterScalableTarget", "PutScalingPolicy", "RegisterScalableTarget", "TagResource", "UntagResource"]
        region  = ["scalable-target/*"]
      }
      Functions = {
        service = "lambda"
        actions = [
          "AddPermission", "CreateAlias", "CreateFunction", "DeleteAlias", "DeleteFunction*", "DeleteProvisionedConcurrencyConfig",
          "PublishVersion", "PutFunctionConcurrency", "PutFunctionEventInvokeConfig", "PutFunctionRecursionConfig",
          "PutProvisionedConcurrencyConfig", "PutRuntimeManagementConfig", "RemovePermission", "TagResource", "UntagResource", "UpdateAlias",
          "UpdateFunction*",
        ]
        region = ["function:${local.prefix}-*"]
      }
      Schedules = {
        service = "scheduler"
        actions = ["CreateSchedule*", "DeleteSchedule*", "TagResource", "UntagResource", "UpdateSchedule"]
        region  = ["schedule-group/${local.prefix}*", "schedule/${local.prefix}*"]
      }
      Builds         = { service = "codebuild", actions = ["CreateProject", "DeleteProject", "UpdateProject"], region = ["project/${local.prefix}-*"] }
      Pipelines      = { service = "codepipeline", actions = ["CreatePipeline", "DeletePipeline", "TagResource", "UntagResource", "UpdatePipeline"], region = ["${local.prefix}*"] }
      NewConnections = { service = "codeconnections", actions = ["CreateConnection"] }
      Connections    = { service = "codeconnections", actions = ["DeleteConnection", "PassConnection", "TagResource", "UntagResource"], region = ["connection/*"] }
      Experiments = {
        service = "fis"
        actions = ["CreateExperimentTemplate", "DeleteExperimentTemplate", "TagResource", "UntagResource", "UpdateExperimentTemplate"]
        region  = ["action/*", "experiment-template/*"]
      }
      Machines = {
        service = "ssm"
        actions = [
          "AddTagsToResource", "CreateAssociation", "CreateDocument", "DeleteAssociation", "DeleteDocument", "DeleteParameter", "PutParameter",
          "RemoveTagsFromResource", "UpdateAssociation", "UpdateDocument*",
        ]
        region = ["association/*", "document/${local.prefix}-*", "parameter/${local.prefix}*"]
      }
      AssociatedMachines = {
        service = "ssm"
        actions = ["CreateAssociation", "DeleteAssociation", "UpdateAssociation"]
        aws     = ["document/*"]
        arns    = ["arn:${data.aws_partition.current.partition}:ec2:*:${var.account_id}:instance/*"]
      }
    }

  }
}
