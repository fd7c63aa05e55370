// Package credentials finds the AWS credentials that serve S3 and renews them
// while they are in use. They come from the first of these that is set up:
//
//  1. a backend's own endpoint, which hands out credentials over HTTP ([Endpoint]);
//  2. AWS STS, by AssumeRole with a role's ARN;
//  3. the SDK's chain: environment, profile, web identity, container, instance.
//
// Whatever ends is renewed ahead of its end, one request at a time, in the
// background: those that are held serve until they really end, so an endpoint that
// is out of order for a while costs nothing. [Source.Ready] tells of it before
// anything fails.
package credentials
