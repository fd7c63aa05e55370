# What to do about each: docs/operations.md#alarms-of-cloudwatch.
locals {
  topics = var.alarm_topic_arn == "" ? [] : [var.alarm_topic_arn]
  alarms = merge({
    DeadLettersAlarm = {
      says       = "Messages that can never succeed lie on the dead-letter queue"
      namespace  = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", statistic = "Maximum"
      dimensions = { QueueName = aws_sqs_queue.dead_letters.name }
      periods    = 1, threshold = 0, comparison = "GreaterThanThreshold", missing = "notBreaching"
    }
    },
    { for queue, what in { jobs = "Jobs", work = "Sheets", callbacks = "Events" } : "${title(queue)}AgeAlarm" => {
      says                      = "${what} wait for half an hour"
      namespace                 = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", statistic = "Maximum"
      dimensions                = { QueueName = aws_sqs_queue.queue[queue].name }
      periods                   = 10, threshold = 1800, comparison = "GreaterThanThreshold", missing = "notBreaching"
    } },
    { for name in aws_ecs_service.worker[*].name : "RunningTasksAlarm" => {
      says       = "Fewer workers run than min_workers"
      namespace  = "ECS/ContainerInsights", metric = "RunningTaskCount", statistic = "Minimum"
      dimensions = { ClusterName = aws_ecs_cluster.this[0].name, ServiceName = name }
      periods    = 10, threshold = var.min_workers, comparison = "LessThanThreshold", missing = "breaching"
    } },
    { for balancer in aws_lb.this[*].arn_suffix : "UnhealthyWorkersAlarm" => {
      says       = "Workers do not answer the load balancer"
      namespace  = "AWS/ApplicationELB", metric = "UnHealthyHostCount", statistic = "Maximum"
      dimensions = { LoadBalancer = balancer, TargetGroup = aws_lb_target_group.workers[0].arn_suffix }
      periods    = 10, threshold = 0, comparison = "GreaterThanThreshold", missing = "notBreaching"
    } },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.says
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 60
  evaluation_periods  = each.value.periods
  threshold           = each.value.threshold
  comparison_operator = each.value.comparison
  treat_missing_data  = each.value.missing
  alarm_actions       = local.topics
  ok_actions          = local.topics
  tags                = var.tags
}
