variable "name" {
  description = "Product name that starts every name here; changing it makes new buckets and leaves the old state behind."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 20 lower-case letters, digits and hyphens, starting with a letter: longer ones overflow the 63 characters of a bucket name."
  }
}

variable "region" {
  description = "Region that holds the state of its own stacks; state never leaves it, unless a replication rule of the root says so."
  type        = string

  validation {
    condition     = contains(["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "eu-west-2"], var.region)
    error_message = "region must be one of the five Regions that cells run in: us-east-1, us-west-2, eu-west-1, eu-central-1, eu-west-2."
  }
}

variable "account_id" {
  description = "Account that owns the state; part of the bucket's name and of the key policy's owner."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "lock_mechanism" {
  description = "How two runs are kept apart: s3 writes a lock file beside the state; s3+dynamodb also keeps the table that clients older than Terraform 1.10 need."
  type        = string
  default     = "s3"

  validation {
    condition     = contains(["s3", "s3+dynamodb"], var.lock_mechanism)
    error_message = "lock_mechanism must be s3 or s3+dynamodb."
  }
}

variable "trusted" {
  description = "IAM role or user ARNs that may assume each role: apply can rewrite state, plan can read it and take the lock, read can only read."
  type = object({
    plan  = set(string)
    apply = set(string)
    read  = set(string)
  })

  validation {
    condition     = alltrue([for arn in setunion(var.trusted.plan, var.trusted.apply, var.trusted.read) : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "trusted takes role or user ARNs only: an account's root or a wildcard would hand the state to every principal there."
  }

  validation {
    condition     = length(setintersection(var.trusted.apply, setunion(var.trusted.plan, var.trusted.read))) == 0
    error_message = "A principal that may apply must not also be trusted for plan or read: a pull request's plan must not run as one that can rewrite state."
  }

  validation {
    condition     = length(var.trusted.plan) > 0 && length(var.trusted.apply) > 0 && length(var.trusted.read) > 0
    error_message = "Each of plan, apply and read needs at least one principal: every Region has the three roles, and the backends name them."
  }
}

variable "noncurrent_version_days" {
  description = "Days that a replaced state version stays restorable; after them only the newest 10 old versions remain."
  type        = number
  default     = 365

  validation {
    condition     = var.noncurrent_version_days >= 90 && var.noncurrent_version_days <= 3650 && floor(var.noncurrent_version_days) == var.noncurrent_version_days
    error_message = "noncurrent_version_days must be a whole number from 90 to 3650: less can't undo a mistake found at the end of a quarter."
  }
}

variable "access_log_bucket" {
  description = "Bucket in the same Region that takes S3's access logs of the state bucket; null writes none, and then only CloudTrail data events tell who read state."
  type        = string
  default     = null

  validation {
    condition     = var.access_log_bucket == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.access_log_bucket))
    error_message = "access_log_bucket must be a bucket name (3 to 63 characters), not an ARN."
  }
}
