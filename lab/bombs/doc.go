// Package bombs makes small files that are large or long to decode: what somebody
// who wants to stop a worker would upload. They are made when they are needed and
// never stored.
package bombs

// Bomb is a file that means harm.
type Bomb struct {
	// Name says what it does, and ends like a file's of its format.
	Name string
	Data []byte
}

// All are the bombs of every kind.
func All() []Bomb {
	var all []Bomb
	for _, kind := range []func() []Bomb{PDF, HEIC, TIFF, PNG} {
		all = append(all, kind()...)
	}
	return all
}
