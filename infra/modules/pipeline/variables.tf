variable "name" {
  description = "Name of the pipeline and prefix of its builds and roles."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,26}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 28 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "region" {
  description = "Region of the pipeline."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region code such as eu-west-1."
  }
}

variable "environment" {
  description = "Environment; everywhere but in dev a person approves the plan."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "account_id" {
  description = "Account of the pipeline."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be twelve digits."
  }
}

variable "kms_key_arn" {
  description = "Key of artifacts, logs and a CodeCommit repository."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not an alias or an id."
  }
}

variable "alarm_topic_arn" {
  description = "Topic that is asked for approval and hears of failures."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic."
  }
}

variable "log_retention_days" {
  description = "Days that build logs are kept."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch Logs accepts."
  }
}

variable "artifact_bucket" {
  description = "Bucket of the same Region through which stages hand over; versioned and encrypted by its own module."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.artifact_bucket))
    error_message = "artifact_bucket must be the name of a bucket."
  }
}

variable "source_code" {
  description = "Where the code is: codeconnections (owner/name at GitHub and its like; without connection one is made that a person must finish) or codecommit (a repository made here; not open to every account)."
  type = object({
    kind       = optional(string, "codeconnections")
    repository = string
    branch     = optional(string, "main")
    connection = optional(object({ arn = string }))
  })
  nullable = false

  validation {
    condition     = contains(["codeconnections", "codecommit"], var.source_code.kind)
    error_message = "source_code.kind must be codeconnections or codecommit."
  }

  validation {
    condition     = var.source_code.kind != "codeconnections" || can(regex("^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$", var.source_code.repository))
    error_message = "source_code.repository must be owner/name with codeconnections."
  }

  validation {
    condition     = var.source_code.kind != "codecommit" || can(regex("^[A-Za-z0-9._-]{1,100}$", var.source_code.repository))
    error_message = "source_code.repository must be a plain name with codecommit."
  }

  validation {
    condition     = var.source_code.connection == null || can(regex("^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/.+$", var.source_code.connection.arn))
    error_message = "source_code.connection.arn must be the ARN of a connection."
  }
}

variable "stack_path" {
  description = "Stack that is planned and applied, as a path in the repository."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^infra/[a-z0-9/-]+$", var.stack_path))
    error_message = "stack_path must be a path below infra."
  }
}

variable "role_arns" {
  description = "Roles of the state backend that plan (reads) and apply (writes) take. They must be two, or a plan could change things."
  type = object({
    plan  = string
    apply = string
  })
  nullable = false

  validation {
    condition     = alltrue([for arn in values(var.role_arns) : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[^*]+$", arn))])
    error_message = "role_arns must be ARNs of roles."
  }

  validation {
    condition     = var.role_arns.plan != var.role_arns.apply
    error_message = "role_arns.plan and apply must differ."
  }
}

variable "build_image" {
  description = "Image that builds run in; it must hold Terraform, cargo and docker, so an own one as a rule, by digest."
  type        = string
  default     = "aws/codebuild/amazonlinux-aarch64-standard:3.0"
  nullable    = false

  validation {
    condition     = startswith(var.build_image, "aws/codebuild/") || can(regex("@sha256:[0-9a-f]{64}$", var.build_image))
    error_message = "build_image must be one of CodeBuild's, or an own one by digest."
  }
}

variable "images" {
  description = "Images that are built after an apply, by service, each with its repository."
  type = map(object({
    repository_arn = string
    repository_url = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for image in values(var.images) : can(regex("^arn:aws[a-z-]*:ecr:[a-z0-9-]+:[0-9]{12}:repository/.+$", image.repository_arn))])
    error_message = "images.repository_arn must be the ARN of a repository."
  }
}
