resource "aws_appautoscaling_target" "workers" {
  count = local.worker

  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this[0].name}/${aws_ecs_service.worker[0].name}"
  min_capacity       = var.min_workers
  max_capacity       = var.max_workers
}

# Backlog per worker. What is in flight counts: it is work that is not done.
resource "aws_appautoscaling_policy" "backlog" {
  count = local.worker

  name               = "backlog-per-worker"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.workers[0].service_namespace
  scalable_dimension = aws_appautoscaling_target.workers[0].scalable_dimension
  resource_id        = aws_appautoscaling_target.workers[0].resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = var.sheets_per_worker
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    customized_metric_specification {
      dynamic "metrics" {
        for_each = { visible = "ApproximateNumberOfMessagesVisible", flight = "ApproximateNumberOfMessagesNotVisible" }
        content {
          id          = metrics.key
          return_data = false
          metric_stat {
            stat = "Maximum"
            metric {
              namespace   = "AWS/SQS"
              metric_name = metrics.value
              dimensions {
                name  = "QueueName"
                value = aws_sqs_queue.queue["work"].name
              }
            }
          }
        }
      }
      metrics {
        id          = "workers"
        return_data = false
        metric_stat {
          stat = "Average"
          metric {
            namespace   = "ECS/ContainerInsights"
            metric_name = "RunningTaskCount"
            dimensions {
              name  = "ClusterName"
              value = aws_ecs_cluster.this[0].name
            }
            dimensions {
              name  = "ServiceName"
              value = aws_ecs_service.worker[0].name
            }
          }
        }
      }
      metrics {
        id          = "backlog"
        label       = "Sheets to be read for each worker"
        expression  = "(visible + flight) / IF(workers < 1, 1, workers)"
        return_data = true
      }
    }
  }
}
