package ending

// Kept is how many batches the tally remembers.
func (t *Tally) Kept() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.batches)
}
