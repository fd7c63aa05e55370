package conformance

// Known are the subtests that a server other than ours is known to fail, by service
// ("SQS", "S3", "STS"), each with what it does otherwise. They are skipped and
// counted. Where nothing stands here the server passes all. AWS has not been tried
// yet: there was no account.
func Known(server string) map[string]map[string]string {
	return map[string]map[string]map[string]string{
		"moto":      {"SQS": motoSQS(), "S3": motoS3()},
		"elasticmq": {"SQS": elasticMQ()},
	}[server]
}

// motoSQS was found with moto 5.2.5, as was motoS3.
func motoSQS() map[string]string {
	const unchecked = "moto does not check this"
	return map[string]string{ //nolint:gosec // names of subtests, no credentials
		"attributes out of range are refused":                        unchecked,
		"a message of 1 MiB passes and a longer one does not":        "moto does not count attributes",
		"a body with forbidden characters is InvalidMessageContents": unchecked,
		"an empty body is refused":                                   unchecked,
		"eleven attributes are refused":                              unchecked,
		"a handle from an earlier receive deletes nothing":           "moto deletes by any handle",
		"a batch answers for each entry":                             "moto accepts the forbidden character",
		"a FIFO queue drops duplicates by id":                        "moto forgets what was deleted",
		"sequence numbers of a FIFO queue rise":                      "moto's are random",
		"a message received too often goes to the dead-letter queue": "moto does not tell the source queue",
	}
}

func motoS3() map[string]string {
	const open = "moto lets anyone in: it checks no signatures or expiries"
	return map[string]string{
		"CopyAwkwardKeys":  "moto does not find a copy's source with ; or , in its name",
		"CopyIfMatch":      "moto ignores x-amz-copy-source-if-match",
		"DefaultChecksum":  "moto does not store the checksum",
		"WrongChecksum":    "moto does not compare checksums",
		"WrongMD5":         "moto does not compare checksums",
		"UnknownAccessKey": open,
		"WrongSecret":      open,
		"Unsigned":         "moto says Forbidden, AWS AccessDenied",
		"Presigned":        open,
		"PresignedExpired": open,
		"PartsByAddress":   open,
		"OtherParts":       "moto answers 500 where an upload has ended",
	}
}

// elasticMQ was found with ElasticMQ 1.7.1.
func elasticMQ() map[string]string {
	const (
		code      = "ElasticMQ refuses it, with the code InvalidAttributeValue"
		unchecked = "ElasticMQ does not check this"
		once      = "ElasticMQ refuses a receipt handle that is used up, AWS takes it without effect; hakbeon bears both"
	)
	return map[string]string{
		"numbers out of range are refused":                           code,
		"eleven attributes are refused":                              code,
		"an empty body is refused":                                   code,
		"a body with forbidden characters is InvalidMessageContents": code,
		"a message of 1 MiB passes and a longer one does not":        code,
		"a batch above 1 MiB is BatchRequestTooLong":                 code,
		"only the attributes asked for come":                         "ElasticMQ knows no attribute names with a wildcard; hakbeon asks for all",
		"attributes out of range are refused":                        unchecked,
		"bad batches are refused whole":                              unchecked,
		"attributes can be read and changed":                         "ElasticMQ has no MessageRetentionPeriod",
		"a dead-letter queue must exist":                             "ElasticMQ says QueueDoesNotExist, AWS InvalidParameterValue",
		"visibility beyond twelve hours is refused":                  unchecked,
		"a handle from an earlier receive deletes nothing":           once,
		"deleting twice succeeds":                                    once,
	}
}
