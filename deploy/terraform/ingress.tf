locals {
  ingress = var.image != "" && var.certificate_arn != "" ? 1 : 0
}

resource "aws_security_group" "load_balancer" {
  count = local.ingress

  name        = "${var.name}-load-balancer"
  description = "hakbeon load balancer"
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  for_each = local.ingress == 1 ? { https = 443, http = 80 } : {} # HTTP is sent on to HTTPS

  security_group_id = aws_security_group.load_balancer[0].id
  description       = each.key
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
  cidr_ipv4         = var.client_cidr
}

resource "aws_vpc_security_group_egress_rule" "load_balancer" {
  count = local.ingress

  security_group_id            = aws_security_group.load_balancer[0].id
  description                  = "workers"
  ip_protocol                  = "tcp"
  from_port                    = 8000
  to_port                      = 8000
  referenced_security_group_id = aws_security_group.worker[0].id
}

resource "aws_vpc_security_group_ingress_rule" "worker" {
  count = local.ingress

  security_group_id            = aws_security_group.worker[0].id
  description                  = "the load balancer"
  ip_protocol                  = "tcp"
  from_port                    = 8000
  to_port                      = 8000
  referenced_security_group_id = aws_security_group.load_balancer[0].id
}

# No access log: it would keep the links of invitations. An event stream says that it lives every 15 s.
resource "aws_lb" "this" {
  count = local.ingress

  name                       = var.name
  load_balancer_type         = "application"
  internal                   = var.scheme == "internal"
  subnets                    = var.public_subnet_ids
  security_groups            = [aws_security_group.load_balancer[0].id]
  idle_timeout               = 120
  drop_invalid_header_fields = true
  tags                       = var.tags
}

# Whether the process lives, and not /readyz: ECS replaces what fails here, and a worker
# that waits for S3 would be no better anew.
resource "aws_lb_target_group" "workers" {
  count = local.ingress

  name                          = "${var.name}-workers"
  vpc_id                        = var.vpc_id
  target_type                   = "ip"
  protocol                      = "HTTP"
  port                          = 8000
  deregistration_delay          = 30
  load_balancing_algorithm_type = "least_outstanding_requests"
  tags                          = var.tags

  health_check {
    path                = "/livez"
    interval            = 15
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
    matcher             = "200"
  }
}

resource "aws_lb_listener" "https" {
  count = local.ingress

  load_balancer_arn = aws_lb.this[0].arn
  protocol          = "HTTPS"
  port              = 443
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.workers[0].arn
  }
}

resource "aws_lb_listener" "http" {
  count = local.ingress

  load_balancer_arn = aws_lb.this[0].arn
  protocol          = "HTTP"
  port              = 80
  default_action {
    type = "redirect"
    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}
