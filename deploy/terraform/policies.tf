locals {
  bucket_arn = aws_s3_bucket.exams.arn
  # deploy/iam-policy.json is what the tests hold every worker to; here it has its names.
  places = {
    "arn:aws:s3:::BUCKET"                          = local.bucket_arn
    "arn:aws:sqs:REGION:ACCOUNT:JOBS_QUEUE"        = aws_sqs_queue.queue["jobs"].arn
    "arn:aws:sqs:REGION:ACCOUNT:WORK_QUEUE"        = aws_sqs_queue.queue["work"].arn
    "arn:aws:sqs:REGION:ACCOUNT:CALLBACK_QUEUE"    = aws_sqs_queue.queue["callbacks"].arn
    "arn:aws:sqs:REGION:ACCOUNT:DEAD_LETTER_QUEUE" = aws_sqs_queue.dead_letters.arn
    "arn:aws:sqs:REGION:ACCOUNT:RESULT_QUEUE"      = var.result_queue_arn
  }
  worker_statements = [
    for s in jsondecode(file("${path.module}/../iam-policy.json")).Statement : merge(s, {
      Resource = [
        for on in s.Resource : startswith(on, "arn:aws:s3:::BUCKET") ?
        replace(on, "arn:aws:s3:::BUCKET", local.bucket_arn) : local.places[on]
      ]
    }) if s.Sid != "ResultQueueSendEvents" || var.result_queue_arn != ""
  ]
}

resource "aws_iam_policy" "worker" {
  name        = "${var.name}-worker"
  description = "What a worker of hakbeon does"
  tags        = var.tags
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.worker_statements, !var.exams_may_be_deleted ? [] : [{
      Sid      = "DeleteExams"
      Effect   = "Allow"
      Action   = ["s3:DeleteObject"]
      Resource = ["${local.bucket_arn}/uploads/*", "${local.bucket_arn}/results/*"]
    }])
  })
}

# For the backend's role: sheets and rosters in, results out, and a job for them.
resource "aws_iam_policy" "backend" {
  name        = "${var.name}-backend"
  description = "What a backend does with hakbeon's queue and bucket"
  tags        = var.tags
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "SendJobs", Effect = "Allow", Action = ["sqs:SendMessage", "sqs:GetQueueUrl"], Resource = [aws_sqs_queue.queue["jobs"].arn] },
      { Sid = "BringSheets", Effect = "Allow", Action = ["s3:PutObject"], Resource = ["${local.bucket_arn}/${var.upload_prefix}*", "${local.bucket_arn}/rosters/*"] },
      {
        Sid      = "ReadResults"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = ["${local.bucket_arn}/results/*", "${local.bucket_arn}/original/*", "${local.bucket_arn}/header/*"]
      },
      # Without it what is not there yet is "forbidden", not "missing".
      { Sid = "TellMissing", Effect = "Allow", Action = ["s3:ListBucket"], Resource = [local.bucket_arn] },
    ]
  })
}

# For who uses 'hakbeon dlq', beside the worker's.
resource "aws_iam_policy" "operator" {
  name        = "${var.name}-operator"
  description = "What a person does with hakbeon's dead letters"
  tags        = var.tags
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "TakeDeadLetters"
      Effect   = "Allow"
      Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"]
      Resource = [aws_sqs_queue.dead_letters.arn]
    }]
  })
}
