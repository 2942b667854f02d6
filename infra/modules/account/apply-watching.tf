# What the applying workflow may do to what carries words and to what watches.

locals {
  apply_watching = {
    messages = {
      Queues = {
        service = "sqs"
        actions = ["CreateQueue", "DeleteQueue", "SetQueueAttributes", "TagQueue", "UntagQueue"]
        region  = ["${local.prefix}-*"]
      }
      Topics = {
        service = "sns"
        actions = ["CreateTopic", "DeleteTopic", "PutDataProtectionPolicy", "SetTopicAttributes", "Subscribe", "TagResource", "UntagResource"]
        region  = ["${local.prefix}-*"]
      }
      Subscriptions = { service = "sns", actions = ["SetSubscriptionAttributes", "Unsubscribe"] }
      Streams = {
        service = "kinesis"
        actions = [
          "AddTagsToStream", "CreateStream", "DecreaseStreamRetentionPeriod", "DeleteStream", "DeregisterStreamConsumer",
          "IncreaseStreamRetentionPeriod", "RegisterStreamConsumer", "RemoveTagsFromStream", "StartStreamEncryption", "StopStreamEncryption",
        ]
        region = ["stream/${local.prefix}-*"]
      }
      StreamSizes = {
        service = "kinesis"
        actions = ["DisableEnhancedMonitoring", "EnableEnhancedMonitoring", "UpdateShardCount", "UpdateStreamMode"]
      }
      Events = {
        service = "events"
        actions = [
          "CreateArchive", "CreateEventBus", "DeleteArchive", "DeleteEventBus", "DeleteRule", "DisableRule", "EnableRule", "PutRule",
          "PutTargets", "RemoveTargets", "TagResource", "UntagResource", "UpdateArchive", "UpdateEventBus",
        ]
        region = [for kind in ["archive", "event-bus", "rule"] : "${kind}/${local.prefix}*"]
      }
      EventBusPolicies = { service = "events", actions = ["PutPermission", "RemovePermission"] }
    }

    watching = {
      Alarms = {
        service = "cloudwatch"
        actions = ["DeleteAlarms", "PutCompositeAlarm", "PutMetricAlarm", "TagResource", "UntagResource"]
        region  = ["alarm:${local.prefix}-*"]
      }
      Dashboards = { service = "cloudwatch", actions = ["DeleteDashboards", "PutDashboard"], account = ["dashboard/${local.prefix}-*"] }
      Logs = {
        service = "logs"
        actions = [
          "AssociateKmsKey", "CreateLogGroup", "DeleteDataProtectionPolicy", "DeleteLogGroup", "DeleteMetricFilter", "DeleteRetentionPolicy",
          "DisassociateKmsKey", "PutDataProtectionPolicy", "PutMetricFilter", "PutRetentionPolicy", "TagResource", "UntagResource",
        ]
        region = ["log-group:*${local.prefix}*"]
      }
      LogsOfTheAccount = {
        service = "logs"
        actions = [
          "CreateLogDelivery", "DeleteLogDelivery", "DeleteQueryDefinition", "DeleteResourcePolicy", "PutQueryDefinition", "PutResourcePolicy",
          "UpdateLogDelivery",
        ]
      }
      NewMetrics = { service = "aps", actions = ["CreateWorkspace"] }
      Metrics = {
        service = "aps"
        actions = [
          "CreateAlertManagerDefinition", "CreateRuleGroupsNamespace", "DeleteAlertManagerDefinition", "DeleteRuleGroupsNamespace",
          "DeleteWorkspace", "PutAlertManagerDefinition", "PutRuleGroupsNamespace", "TagResource", "UntagResource", "UpdateWorkspace*",
        ]
        region = ["rulegroupsnamespace/*", "workspace/*"]
      }
      Budgets = { service = "budgets", actions = ["ModifyBudget", "TagResource", "UntagResource"], account = ["budget/${local.prefix}*"] }
      NewAnomalies = {
        service = "ce"
        actions = ["CreateAnomalyMonitor", "CreateAnomalySubscription", "UpdateCostAllocationTagsStatus"]
      }
      Anomalies = {
        service = "ce"
        actions = ["DeleteAnomalyMonitor", "DeleteAnomalySubscription", "TagResource", "UntagResource", "UpdateAnomalyMonitor", "UpdateAnomalySubscription"]
        account = ["anomalymonitor/*", "anomalysubscription/*"]
      }
      NewKeys = { service = "kms", actions = ["CreateKey"] }
      Keys = {
        service = "kms"
        actions = [
          "CancelKeyDeletion", "CreateAlias", "CreateGrant", "DeleteAlias", "DisableKey*", "EnableKey*", "PutKeyPolicy", "ReplicateKey",
          "RetireGrant", "RevokeGrant", "ScheduleKeyDeletion", "TagResource", "UntagResource", "UpdateAlias", "UpdateKeyDescription",
          "UpdatePrimaryRegion",
        ]
        region = ["alias/${local.prefix}-*", "key/*"]
      }
    }
  }
}
