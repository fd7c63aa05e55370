package recognizer

// nearby weighs the strangers whose IDs differ from the leading student's in
// one digit: a student of another class, or one who joined after the roster was
// made. Without them a line that says 7 where the only student near says 8 would
// be given to that student, because other strangers are spread too thinly to
// count.
//
// Only the leading student's neighbours are weighed, as no one else can be
// accepted. It returns the weight of all of them, and of the likeliest the
// weight that it would have were it on the roster, to be compared with the
// student's own. Where an ID differs from what is read in two digits, one
// of them changed explains more already.
func (s *scorer) nearby(id string, lines []emissions, shares []float64) (sum, rival float64) {
	changed := changedOnce(signs(id))
	if len(changed) == 0 {
		return 0, 0
	}
	near := trieOf(changed)
	weights := make([]float64, len(changed))
	for i, e := range lines {
		scores := near.score(e, s.slips)
		for j, leaf := range near.leaf {
			weights[j] += float64(scores[leaf] * shares[i])
		}
	}
	for _, w := range weights {
		sum += w
		rival = max(rival, w)
	}
	gain := gain(len(changed[0])) / float64(max(1, len(s.ids)))
	known := 1 - s.params.Stranger - s.params.Missing
	share := float64(s.params.Stranger*strangerShare) / float64(len(weights))
	return float64(float64(sum*gain) * share), float64(float64(rival*gain) * known)
}

// changedOnce are all sequences of signs that differ from the given one in one
// digit.
func changedOnce(of []int8) [][]int8 {
	var out [][]int8
	for i, was := range of {
		if was == letterSign {
			continue
		}
		for d := range int8(10) {
			if d == was {
				continue
			}
			next := append([]int8(nil), of...)
			next[i] = d
			out = append(out, next)
		}
	}
	return out
}
