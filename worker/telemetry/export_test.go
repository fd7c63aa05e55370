package telemetry

// ReceiverLabels gives the labels of webhooks to these addresses.
func ReceiverLabels(addresses ...string) []string {
	var r receivers
	var out []string
	for _, a := range addresses {
		out = append(out, r.label(a))
	}
	return out
}
