# One certificate, validated by DNS records that stay, so that it renews itself.

locals {
  domains = toset(concat([var.domain], tolist(var.alternative_domains)))

  # A wildcard and its parent are validated by the same record.
  record_domains = toset([for domain in local.domains : trimprefix(domain, "*.")])
}

resource "aws_acm_certificate" "this" {
  region                    = var.region
  domain_name               = var.domain
  subject_alternative_names = var.alternative_domains
  validation_method         = "DNS"
  key_algorithm             = var.key_algorithm

  options {
    certificate_transparency_logging_preference = "ENABLED"
    export                                      = "DISABLED"
  }

  lifecycle {
    create_before_destroy = true # a listener can't be without one
  }
}

resource "aws_route53_record" "validation" {
  for_each = local.record_domains

  zone_id         = var.zone_id
  name            = join("", distinct([for option in aws_acm_certificate.this.domain_validation_options : option.resource_record_name if trimprefix(option.domain_name, "*.") == each.key]))
  type            = "CNAME"
  records         = [join("", distinct([for option in aws_acm_certificate.this.domain_validation_options : option.resource_record_value if trimprefix(option.domain_name, "*.") == each.key]))]
  ttl             = 300
  allow_overwrite = true # both Regions of a pair ask for the same record
}

resource "aws_acm_certificate_validation" "this" {
  region                  = var.region
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}

# It renews 60 days before its end; fewer than 30 means that a renewal failed for a month.
resource "aws_cloudwatch_metric_alarm" "expiry" {
  region              = var.region
  alarm_name          = "${var.name}-certificate-expiry"
  alarm_description   = "The certificate of ${var.domain} has not been renewed: check that its validation records still exist."
  namespace           = "AWS/CertificateManager"
  metric_name         = "DaysToExpiry"
  dimensions          = { CertificateArn = aws_acm_certificate.this.arn }
  statistic           = "Minimum"
  period              = 86400
  evaluation_periods  = 1
  threshold           = var.expiry_alarm_days
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "notBreaching" # the metric is published twice a day, and not at all before the first use
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
