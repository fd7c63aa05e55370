package layout

// Deliveries is the folder of the log of deliveries: no exam and no batch can be called so.
const Deliveries = "_deliveries"

// DeliveriesOf is the start of the log of what was told of a batch. It lies beside the
// exam's batches and not in them: whoever looks for a batch's end lists all that lies there.
// BatchID, or both names, are "" for messages that were refused and name none.
func (b Batch) DeliveriesOf() string {
	batch := b.BatchID
	if batch == "" {
		batch = "_"
	}
	if b.ExamCode == "" {
		return "results/" + Deliveries + "/" + batch + "/"
	}
	return "results/" + b.ExamCode + "/" + Deliveries + "/" + batch + "/"
}

// DeliveriesPart is some lines of that log; names are ordered by time.
func (b Batch) DeliveriesPart(name string) string { return b.DeliveriesOf() + name + ".json" }
