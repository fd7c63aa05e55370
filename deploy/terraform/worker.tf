locals {
  result_queue = split(":", "${var.result_queue_arn}:::::")
  environment = merge({
    AWS_REGION             = data.aws_region.current.region
    S3_BUCKET              = aws_s3_bucket.exams.bucket
    SQS_QUEUE_URL          = aws_sqs_queue.queue["jobs"].url
    SQS_WORK_QUEUE_URL     = aws_sqs_queue.queue["work"].url
    SQS_CALLBACK_QUEUE_URL = aws_sqs_queue.queue["callbacks"].url
    SQS_DLQ_URL            = aws_sqs_queue.dead_letters.url
    WEBHOOK_URL            = var.webhook_url
    WEBHOOK_ALLOWED_HOSTS  = var.webhook_allowed_hosts
    RESULT_QUEUE_URL = var.result_queue_arn == "" ? "" : format("https://sqs.%s.%s/%s/%s",
    local.result_queue[3], data.aws_partition.current.dns_suffix, local.result_queue[4], local.result_queue[5])
    UPLOAD_KEY_PATTERN     = var.upload_key_pattern
    DOWNLOAD_ALLOWED_HOSTS = var.download_allowed_hosts
    CORS_ALLOWED_ORIGINS   = var.cors_allowed_origins
    API_KEY_LOGIN          = var.api_key_login
    OIDC_ISSUER            = var.oidc_issuer
    OIDC_CLIENT_ID         = var.oidc_client_id
    OIDC_REDIRECT_URL      = var.oidc_issuer == "" ? "" : "${var.public_url}/review/oidc/callback"
    OIDC_MANAGERS          = var.oidc_managers
    OIDC_EXAMS_CLAIM       = var.oidc_exams_claim
    OPENAI_MODEL           = var.openai_model
    OPENAI_BASE_URL        = var.openai_base_url
    OPENAI_BATCH_BUDGET    = tostring(var.openai_batch_budget)
    OPENAI_PER_MINUTE      = tostring(var.openai_per_minute)
    STS_API_ENDPOINT       = var.sts_api_endpoint
    STS_API_METHOD         = var.sts_api_method
    STS_API_EXAM_CODE      = tostring(var.sts_api_exam_code)
  }, var.environment)
}

resource "aws_cloudwatch_log_group" "worker" {
  count = local.worker

  name              = "/${var.name}/worker"
  retention_in_days = 30
  tags              = var.tags
}

resource "aws_ecs_cluster" "this" {
  count = local.worker

  name = var.name
  tags = var.tags
  setting {
    name  = "containerInsights" # RunningTaskCount, for the scaling
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "worker" {
  count = local.worker

  family                   = "${var.name}-worker"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = "1024"
  memory                   = "2048"
  task_role_arn            = aws_iam_role.task[0].arn
  execution_role_arn       = aws_iam_role.execution[0].arn
  tags                     = var.tags

  volume {
    name = "cache" # of the decoder's compiled code, and for large PDFs; the image says whose it is
  }
  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }

  container_definitions = jsonencode([{
    name                   = "worker"
    image                  = var.image
    essential              = true
    command                = ["worker"]
    user                   = "65534:65534"
    readonlyRootFilesystem = true
    stopTimeout            = 60 # DRAIN_TIMEOUT is 25 s
    linuxParameters        = { capabilities = { drop = ["ALL"] }, initProcessEnabled = false }
    environment            = [for name in sort(keys(local.environment)) : { name = name, value = local.environment[name] }]
    secrets = [for name in local.secret_names : {
      name      = name
      valueFrom = local.secret_is_parameters ? "${var.secret_arn}/${name}" : "${var.secret_arn}:${name}::"
    }]
    healthCheck = {
      command = ["CMD", "bash", "-c",
      "exec 3<>/dev/tcp/127.0.0.1/8000 && printf 'GET /livez HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
      interval    = 15
      timeout     = 3
      startPeriod = 10
      retries     = 3
    }
    portMappings = [{ containerPort = 8000, hostPort = 8000, protocol = "tcp" }]
    mountPoints  = [{ sourceVolume = "cache", containerPath = "/cache", readOnly = false }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.worker[0].name
        awslogs-region        = data.aws_region.current.region
        awslogs-stream-prefix = "worker"
      }
    }
  }])
}

resource "aws_security_group" "worker" {
  count = local.worker

  name        = "${var.name}-worker"
  description = "hakbeon worker; the load balancer comes in, and nobody else"
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_vpc_security_group_egress_rule" "worker" {
  count = local.worker

  security_group_id = aws_security_group.worker[0].id
  description       = "AWS and webhooks"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_ecs_service" "worker" {
  count = local.worker

  name                               = "${var.name}-worker"
  cluster                            = aws_ecs_cluster.this[0].arn
  task_definition                    = aws_ecs_task_definition.worker[0].arn
  launch_type                        = "FARGATE"
  desired_count                      = var.min_workers
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = local.ingress == 1 ? 60 : null
  tags                               = var.tags
  depends_on                         = [aws_lb_listener.https] # tasks are put only into a group that has a listener

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.worker[0].id]
    assign_public_ip = false
  }
  dynamic "load_balancer" {
    for_each = aws_lb_target_group.workers
    content {
      target_group_arn = load_balancer.value.arn
      container_name   = "worker"
      container_port   = 8000
    }
  }

  lifecycle {
    ignore_changes = [desired_count] # the scaling's
  }
}
