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
  region              = "us-east-1"
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = {
      product       = "orderflow"
      environment   = "dev"
      stack         = "dev/global"
      geography     = "global"
      business_unit = "trading"
      service       = "orderflow"
      data_class    = "confidential"
      managed_by    = "terraform"
    }
  }
}
