// Package models holds the neural network that package recognizer reads with,
// compiled into the binary. README.md beside this file is the model card;
// SHA256SUMS pins the file.
package models

import _ "embed"

// Line returns the line model, ONNX: input ink is [1, 1, 32, W] float32, 0 for
// paper to 1 for ink, W a multiple of 16; output columns is [1, W/2, 12], in each
// column the probabilities of blank, the digits 0 to 9, and anything else. Not to
// be changed.
func Line() []byte { return line }

//go:embed line.onnx
var line []byte

// Name returns the name model, ONNX: input ink as Line's, output columns is [1, W/4,
// 97], in each column the probabilities of its parts, see package read. Not to be
// changed.
func Name() []byte { return name }

//go:embed name.onnx
var name []byte

// Letter returns the letter model, ONNX: input ink as Line's, output columns is [1, W/2,
// 38], in each column the probabilities of blank, the digits 0 to 9, what is no letter
// either, and the letters a to z. Not to be changed.
func Letter() []byte { return letter }

//go:embed letter.onnx
var letter []byte

// Page returns the page model, ONNX: input ink is [1, 1, H, W] float32, 0 for paper
// to 1 for ink, H and W multiples of 32; output maps is [1, 9, H/4, W/4], see package
// find. Not to be changed.
func Page() []byte { return page }

//go:embed page.onnx
var page []byte
