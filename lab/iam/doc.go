// Package iam holds a process to an IAM policy without AWS: it reads a policy
// document, tells which actions on which resources a call of S3 or SQS needs, and
// refuses what the policy doesn't allow, as AWS does. The servers that tests run
// against know no policies, and a worker that needs a right which
// deploy/iam-policy.json doesn't give should fail here and not on AWS.
//
// It is for development and tests. It knows the part of the policy language that
// our policies use, and refuses to read what goes beyond it; a call that it can't
// name is refused.
package iam
