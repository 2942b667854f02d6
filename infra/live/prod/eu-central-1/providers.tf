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
  region              = "eu-central-1"
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = {
      product       = "orderflow"
      environment   = "prod"
      stack         = "prod/eu-central-1"
      geography     = "eu"
      business_unit = "trading"
      service       = "orderflow"
      data_class    = "confidential"
      managed_by    = "terraform"
    }
  }
}
