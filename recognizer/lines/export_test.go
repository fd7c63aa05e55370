package lines

import "image"

// Halve and Quarter are halve and quarter, each into memory of its own.
func Halve(src *image.Gray) *image.Gray   { return halve(src, new(memory)) }
func Quarter(src *image.Gray) *image.Gray { return quarter(src, new(memory)) }
