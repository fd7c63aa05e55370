locals {
  # hakbeon decides itself what ends a message: redrive is only the last net.
  queues = toset(["jobs", "work", "callbacks"])
  bucket = coalesce(var.bucket, "${var.name}-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.region}")
  # What comes by HTTP lies under uploads/ all the same.
  kept = merge(
    { uploads = { prefix = "uploads/", days = var.keep_uploads_days } },
    var.upload_prefix == "uploads/" ? {} : { elsewhere = { prefix = var.upload_prefix, days = var.keep_uploads_days } },
    { for folder in ["original", "header", "results", "rosters"] : folder => { prefix = "${folder}/", days = var.keep_results_days } },
  )
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.name}-dead-letters"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
  tags                      = var.tags

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_sqs_queue" "queue" {
  for_each = local.queues

  name                       = "${var.name}-${each.key}"
  message_retention_seconds  = 1209600
  visibility_timeout_seconds = 30
  receive_wait_time_seconds  = 20
  sqs_managed_sse_enabled    = true
  tags                       = var.tags
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
    maxReceiveCount     = 1000
  })

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_sqs_queue_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.url
  policy    = jsonencode({ Version = "2012-10-17", Statement = [local.tls_only_queue["dead_letters"]] })
}

resource "aws_sqs_queue_policy" "queue" {
  for_each = local.queues

  queue_url = aws_sqs_queue.queue[each.key].url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([local.tls_only_queue[each.key]], each.key != "jobs" || !var.uploads_are_jobs ? [] : [{
      Sid       = "UploadsAreJobs"
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.queue["jobs"].arn
      Condition = {
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id }
        ArnEquals    = { "aws:SourceArn" = aws_s3_bucket.exams.arn }
      }
    }])
  })
}

locals {
  tls_only_queue = { for name, arn in merge({ dead_letters = aws_sqs_queue.dead_letters.arn }, { for k, q in aws_sqs_queue.queue : k => q.arn }) : name => {
    Sid       = "TlsOnly"
    Effect    = "Deny"
    Principal = "*"
    Action    = "sqs:*"
    Resource  = arn
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  } }
}

# No versioning: what is deleted is gone.
resource "aws_s3_bucket" "exams" {
  bucket = local.bucket
  tags   = var.tags

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "exams" {
  bucket                  = aws_s3_bucket.exams.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "exams" {
  bucket = aws_s3_bucket.exams.bucket
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "exams" {
  bucket = aws_s3_bucket.exams.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "exams" {
  bucket = aws_s3_bucket.exams.bucket

  dynamic "rule" {
    for_each = local.kept
    content {
      id     = rule.key
      status = "Enabled"
      filter {
        prefix = rule.value.prefix
      }
      expiration {
        days = rule.value.days
      }
    }
  }

  rule {
    id     = "parts"
    status = "Enabled"
    filter {}
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_s3_bucket_policy" "exams" {
  bucket     = aws_s3_bucket.exams.bucket
  depends_on = [aws_s3_bucket_public_access_block.exams]
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.exams.arn, "${aws_s3_bucket.exams.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_s3_bucket_notification" "exams" {
  count = var.uploads_are_jobs ? 1 : 0

  bucket     = aws_s3_bucket.exams.bucket
  depends_on = [aws_sqs_queue_policy.queue] # S3 tries the queue when it is told to notify it
  queue {
    queue_arn     = aws_sqs_queue.queue["jobs"].arn
    events        = ["s3:ObjectCreated:*"]
    filter_prefix = var.upload_prefix
  }
}
