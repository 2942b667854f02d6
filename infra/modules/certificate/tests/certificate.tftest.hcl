provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name                = "orderflow-prod"
  region              = "eu-west-1"
  domain              = "api.orderflow.example.com"
  alternative_domains = ["*.api.orderflow.example.com"]
  zone_id             = "Z0123456789ABCDEFGHIJ"
  alarm_topic_arn     = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
}

run "certificate_is_validated_by_dns" {
  command = plan

  assert {
    condition     = aws_acm_certificate.this.validation_method == "DNS" && aws_acm_certificate.this.key_algorithm == "EC_prime256v1"
    error_message = "Only DNS validation renews by itself."
  }

  assert {
    condition     = aws_acm_certificate.this.options[0].certificate_transparency_logging_preference == "ENABLED" && aws_acm_certificate.this.options[0].export == "DISABLED"
    error_message = "The certificate must be logged, and its key must stay with AWS."
  }
}

run "wildcard_shares_its_parents_record" {
  command = plan

  assert {
    condition     = keys(aws_route53_record.validation) == ["api.orderflow.example.com"]
    error_message = "A wildcard and its parent are validated by one record; two would fight for it."
  }
}

run "expiry_is_watched" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.expiry.metric_name == "DaysToExpiry" && aws_cloudwatch_metric_alarm.expiry.threshold == 30 && aws_cloudwatch_metric_alarm.expiry.alarm_actions == toset([var.alarm_topic_arn])
    error_message = "A renewal that fails must be heard a month before the end."
  }
}
