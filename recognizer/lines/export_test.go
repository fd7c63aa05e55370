package lines

// Halve and Quarter are halve and quarter.
var (
	Halve   = halve
	Quarter = quarter
)
