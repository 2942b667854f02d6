variable "name" {
  description = "Start of every name here, as `<product>-<environment>`; changing it replaces what carries it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 22 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "region" {
  description = "Region that everything here is made in; changing it replaces everything."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region's code, such as eu-west-1."
  }
}

variable "account_id" {
  description = "Account that owns what is made here; ARNs are computed from it, so that policies can be read in a plan."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "environment" {
  description = "dev, staging or prod; prod forces deletion protection and the longest retention."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "kms_key_arn" {
  description = "Key of the same Region that encrypts what is stored here; whoever may not use it can't read the data."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:${var.region}:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key (not of an alias) in the same Region."
  }
}

variable "alarm_topic_arn" {
  description = "SNS topic of the same Region that every alarm here notifies, when it fires and when it recovers."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:${var.region}:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic in the same Region."
  }
}

variable "log_retention_days" {
  description = "Days that the log groups here keep their records; less than a year is refused in prod."
  type        = number
  default     = 365

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of the periods that CloudWatch Logs takes: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }

  validation {
    condition     = var.environment != "prod" || var.log_retention_days >= 365
    error_message = "prod keeps its logs for at least 365 days."
  }
}

variable "vpc" {
  description = "Address ranges of a VPC to be made, the nodes' and the pods'; null uses the one in existing_vpc. A changed range replaces the whole network."
  type = object({
    cidr     = string
    pod_cidr = optional(string, "100.64.0.0/16")
  })
  default = null

  validation {
    condition     = (var.vpc == null) != (var.existing_vpc == null)
    error_message = "Give either vpc or existing_vpc."
  }

  validation {
    condition     = var.vpc == null || try(cidrhost(var.vpc.cidr, 0) == split("/", var.vpc.cidr)[0] && contains(["16", "17", "18"], split("/", var.vpc.cidr)[1]), false)
    error_message = "vpc.cidr must be a range of /16 to /18 written by its first address: smaller ones leave a tier without room."
  }

  validation {
    condition     = var.vpc == null || try(cidrhost(var.vpc.pod_cidr, 0) == split("/", var.vpc.pod_cidr)[0] && split("/", var.vpc.pod_cidr)[1] == "16" && startswith(var.vpc.pod_cidr, "100."), false)
    error_message = "vpc.pod_cidr must be a /16 of the shared range 100.64.0.0/10, written by its first address."
  }
}

variable "existing_vpc" {
  description = "A VPC that is there already, with its subnets and private route tables by zone id: endpoints and flow logs are added to it, its subnets and ACLs stay its owner's."
  type = object({
    id                      = string
    cidr                    = string
    pod_cidr                = optional(string, "100.64.0.0/16")
    public_subnets          = map(string)
    private_subnets         = map(string)
    restricted_subnets      = map(string)
    pod_subnets             = map(string)
    private_route_tables    = map(string)
    restricted_route_tables = map(string)
  })
  default = null

  validation {
    condition     = var.existing_vpc == null || can(regex("^vpc-[0-9a-f]{8,17}$", var.existing_vpc.id))
    error_message = "existing_vpc.id must be a VPC's id."
  }

  validation {
    condition     = var.existing_vpc == null || try(alltrue([for subnets in [var.existing_vpc.private_subnets, var.existing_vpc.restricted_subnets, var.existing_vpc.pod_subnets, var.existing_vpc.private_route_tables] : toset(keys(subnets)) == var.zones]), false)
    error_message = "The private, restricted and pod subnets and the private route tables of existing_vpc must be given for each of zones, and for no other."
  }
}

variable "zones" {
  description = "Zone ids (euw1-az1, ...), the same place for every account, unlike names. Each gets a subnet per tier whose range follows from the id, so that adding a zone moves nothing."
  type        = set(string)

  validation {
    condition     = length(var.zones) >= 1 && length(var.zones) <= 6 && alltrue([for zone in var.zones : can(regex("^[a-z]{3,4}[0-9]-az[1-8]$", zone))])
    error_message = "zones takes 1 to 6 zone ids such as euw1-az1 (not names such as eu-west-1a)."
  }

  validation {
    condition     = var.environment != "prod" || length(var.zones) >= 3
    error_message = "prod spans at least three zones."
  }
}

variable "nat_zones" {
  description = "Zones with a NAT gateway, by id; empty leaves private subnets without a way to the internet, which is what prod demands: everything goes through endpoints. One zone makes a cheap dev Region that its loss cuts off."
  type        = set(string)
  default     = []

  validation {
    condition     = length(setsubtract(var.nat_zones, var.zones)) == 0
    error_message = "nat_zones must be among zones."
  }

  validation {
    condition     = var.environment != "prod" || length(var.nat_zones) == 0
    error_message = "prod has no NAT: private subnets reach AWS through endpoints only."
  }
}

variable "endpoints" {
  description = "Interface endpoints by service name; each costs per zone and hour, and what is left out is reached through NAT or not at all. The gateways of S3 and DynamoDB are always there."
  type        = set(string)
  default     = ["kinesis-streams", "sqs", "sns", "events", "sts", "eks-auth", "kms", "monitoring", "ecr.api", "ecr.dkr", "ec2", "eks", "autoscaling", "elasticloadbalancing", "logs", "secretsmanager", "ssm", "ssmmessages", "ec2messages", "elasticfilesystem", "guardduty-data", "xray"]

  validation {
    condition     = alltrue([for endpoint in var.endpoints : can(regex("^[a-z0-9][a-z0-9.-]+$", endpoint))])
    error_message = "endpoints takes service names without com.amazonaws and Region, such as ecr.api."
  }

  validation {
    condition     = length(var.nat_zones) > 0 || length(setsubtract(["kinesis-streams", "sqs", "events", "sts", "eks-auth", "kms", "monitoring", "ecr.api", "ecr.dkr", "ec2", "eks", "autoscaling", "elasticloadbalancing", "logs", "secretsmanager", "ssm", "ssmmessages", "guardduty-data", "xray"], var.endpoints)) == 0
    error_message = "Without NAT the services need all of kinesis-streams, sqs, events, sts, eks-auth, kms, monitoring, ecr.api, ecr.dkr, ec2, eks, autoscaling, elasticloadbalancing, logs, secretsmanager, ssm, ssmmessages, guardduty-data and xray."
  }
}

variable "flow_logs" {
  description = "Record of all traffic: how long windows are, when the copies in S3 move to cheaper storage and end, and from which number per five minutes each alarm fires. null records nothing, which prod refuses."
  type = object({
    aggregation_seconds = optional(number, 60)
    infrequent_days     = optional(number, 90)
    glacier_days        = optional(number, 180)
    expire_days         = optional(number, 2555)
    large_bytes         = optional(number, 1073741824)
    thresholds = optional(object({
      ssh            = optional(number, 0)
      rdp            = optional(number, 0)
      rejected       = optional(number, 1000)
      large_transfer = optional(number, 10)
      port_scan      = optional(number, 200)
    }), {})
  })
  default = {}

  validation {
    condition     = var.environment != "prod" || var.flow_logs != null
    error_message = "prod records its traffic."
  }

  validation {
    condition     = var.flow_logs == null || contains([60, 600], try(var.flow_logs.aggregation_seconds, 60))
    error_message = "flow_logs.aggregation_seconds must be 60 or 600."
  }

  validation {
    condition     = var.flow_logs == null || try(var.flow_logs.infrequent_days >= 30 && var.flow_logs.glacier_days >= var.flow_logs.infrequent_days + 30 && var.flow_logs.expire_days >= var.flow_logs.glacier_days + 90, false)
    error_message = "Objects move to infrequent access after at least 30 days, to Glacier at least 30 days later, and end at least 90 days after that: each class has such a minimum."
  }

  validation {
    condition     = var.flow_logs == null || try(var.flow_logs.large_bytes >= 1048576 && alltrue([for threshold in values(var.flow_logs.thresholds) : threshold >= 0]), false)
    error_message = "large_bytes must be at least 1 MiB, and no threshold below zero."
  }
}
