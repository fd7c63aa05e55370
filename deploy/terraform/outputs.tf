output "bucket_name" {
  value = aws_s3_bucket.exams.bucket
}

output "jobs_queue_url" {
  value       = aws_sqs_queue.queue["jobs"].url
  description = "Where backends write."
}

output "work_queue_url" {
  value = aws_sqs_queue.queue["work"].url
}

output "callback_queue_url" {
  value = aws_sqs_queue.queue["callbacks"].url
}

output "dead_letter_queue_url" {
  value = aws_sqs_queue.dead_letters.url
}

output "worker_policy_arn" {
  value       = aws_iam_policy.worker.arn
  description = "For the role of workers elsewhere."
}

output "backend_policy_arn" {
  value       = aws_iam_policy.backend.arn
  description = "For the backend's role."
}

output "operator_policy_arn" {
  value       = aws_iam_policy.operator.arn
  description = "For who uses 'hakbeon dlq', with the worker's."
}

output "load_balancer_name" {
  value       = one(aws_lb.this[*].dns_name)
  description = "What the certificate's host name should be an alias of."
}

output "cluster_name" {
  value = one(aws_ecs_cluster.this[*].name)
}

output "service_name" {
  value = one(aws_ecs_service.worker[*].name)
}

output "task_definition" {
  value = one(aws_ecs_task_definition.worker[*].arn)
}

output "task_network" {
  value       = one(aws_security_group.worker[*].id)
  description = "The tasks' security group."
}

output "log_group" {
  value = one(aws_cloudwatch_log_group.worker[*].name)
}
