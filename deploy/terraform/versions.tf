# hakbeon on AWS, as deploy/cloudformation has it: queues, bucket, policies and alarms, and
# with an image the worker on Fargate. docs/deploy.md has the commands. The policies are
# read from deploy/iam-policy.json beside this folder, so take the module with its
# repository: source = "git::https://…/hakbeon.git//deploy/terraform?ref=v…".
terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}
data "aws_partition" "current" {}
