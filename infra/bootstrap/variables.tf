variable "account_id" {
  description = "Account that gets the state backends; the provider refuses credentials of any other."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "lock_mechanism" {
  description = "s3 for lock files alone; s3+dynamodb also makes the lock tables that clients older than Terraform 1.10 need."
  type        = string
  default     = "s3"

  validation {
    condition     = contains(["s3", "s3+dynamodb"], var.lock_mechanism)
    error_message = "lock_mechanism must be s3 or s3+dynamodb."
  }
}
