locals {
  worker = var.image == "" ? 0 : 1
  ecs_assumes = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
  # A secret is ARN:NAME::, a parameter below a path ARN/NAME.
  secret_is_parameters = startswith(var.secret_arn, "arn:${data.aws_partition.current.partition}:ssm:")
  secret_names = concat(
    ["WEBHOOK_SECRET", "API_KEY"],
    var.webhook_signing ? ["WEBHOOK_SIGNING_KEY"] : [],
    var.people ? ["SESSION_SECRET"] : [],
    var.oidc_issuer != "" && !var.oidc_client_is_public ? ["OIDC_CLIENT_SECRET"] : [],
    var.openai_model != "" ? ["OPENAI_API_KEY"] : [],
    var.sts_api_secret != "" ? [var.sts_api_secret] : [],
  )
}

resource "aws_iam_role" "task" {
  count = local.worker

  name               = "${var.name}-task"
  assume_role_policy = local.ecs_assumes
  tags               = var.tags
}

resource "aws_iam_role_policy_attachment" "task" {
  count = local.worker

  role       = aws_iam_role.task[0].name
  policy_arn = aws_iam_policy.worker.arn
}

# Fetches the image, writes the log, and reads the secret: before and beside the worker.
resource "aws_iam_role" "execution" {
  count = local.worker

  name               = "${var.name}-execution"
  assume_role_policy = local.ecs_assumes
  tags               = var.tags
}

resource "aws_iam_role_policy" "execution" {
  count = local.worker

  name = "start"
  role = aws_iam_role.execution[0].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      { Sid = "Registry", Effect = "Allow", Action = ["ecr:GetAuthorizationToken"], Resource = ["*"] }, # has no resource
      {
        Sid      = "Image"
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"]
        Resource = ["arn:${data.aws_partition.current.partition}:ecr:*:*:repository/*"] # another account's repository has a policy of its own
      },
      { Sid = "Log", Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = ["${aws_cloudwatch_log_group.worker[0].arn}:*"] },
      {
        Sid      = "Secret"
        Effect   = "Allow"
        Action   = [local.secret_is_parameters ? "ssm:GetParameters" : "secretsmanager:GetSecretValue"]
        Resource = [local.secret_is_parameters ? "${var.secret_arn}/*" : var.secret_arn]
      },
      ], var.secret_kms_key_arn == "" ? [] : [
      { Sid = "SecretKey", Effect = "Allow", Action = ["kms:Decrypt"], Resource = [var.secret_kms_key_arn] },
    ])
  })
}
