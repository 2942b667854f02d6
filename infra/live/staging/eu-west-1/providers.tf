terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.47"
    }
  }
}

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = {
      product       = "orderflow"
      environment   = "staging"
      stack         = "staging/eu-west-1"
      geography     = "eu"
      business_unit = "trading"
      service       = "orderflow"
      data_class    = "confidential"
      managed_by    = "terraform"
    }
  }
}
