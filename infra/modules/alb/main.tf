# The only door from outside: TLS on 443, nothing else, and no answer to what no rule knows.

resource "aws_lb" "this" {
  region                                      = var.region
  name                                        = var.name
  load_balancer_type                          = "application"
  internal                                    = var.internal
  ip_address_type                             = "ipv4"
  subnets                                     = values(var.network.subnet_ids)
  security_groups                             = [aws_security_group.this.id]
  drop_invalid_header_fields                  = true
  desync_mitigation_mode                      = "strictest"
  enable_deletion_protection                  = var.deletion_protection
  enable_http2                                = true
  enable_tls_version_and_cipher_suite_headers = true
  enable_waf_fail_open                        = false # without the firewall no request passes
  enable_xff_client_port                      = false
  enable_zonal_shift                          = true
  xff_header_processing_mode                  = "append"
  preserve_host_header                        = true
  idle_timeout                                = var.idle_timeout_seconds

  # ALB writes with SSE-S3 only; the bucket copies the logs into the locked one under a key.
  access_logs {
    enabled = true
    bucket  = var.log_bucket
    prefix  = "${var.name}/access"
  }

  connection_logs {
    enabled = true
    bucket  = var.log_bucket
    prefix  = "${var.name}/connection"
  }
}

resource "aws_lb_listener" "https" {
  region            = var.region
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = var.ssl_policy
  certificate_arn   = var.certificate_arn

  routing_http_response_server_enabled                         = false
  routing_http_response_strict_transport_security_header_value = "max-age=63072000; includeSubDomains"
  routing_http_response_x_content_type_options_header_value    = "nosniff"
  routing_http_response_x_frame_options_header_value           = "DENY"

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "not found"
      status_code  = "404"
    }
  }
}

# Services behind it add their own egress rules to this group, each towards its own tasks.
resource "aws_security_group" "this" {
  region                 = var.region
  name                   = "${var.name}-alb"
  description            = "Load balancer ${var.name}: 443 in; services add the way to their tasks."
  vpc_id                 = var.network.vpc_id
  revoke_rules_on_delete = true

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  for_each = var.ingress

  region                       = var.region
  security_group_id            = aws_security_group.this.id
  description                  = "HTTPS from ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  cidr_ipv4                    = each.value.cidr_ipv4
  prefix_list_id               = each.value.prefix_list_id
  referenced_security_group_id = each.value.security_group_id
}
