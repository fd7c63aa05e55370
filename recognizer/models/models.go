// Package models holds the neural networks that package recognizer reads with,
// compiled into the binary. README.md beside this file is the model card;
// SHA256SUMS pins every file, and `make setup` puts them here.
package models

import _ "embed"

// Detector returns the text detector: PP-OCRv4 mobile, ONNX. Input x is
// [1, 3, H, W] float32, H and W multiples of 32; output is [1, 1, H, W], the
// probability that a pixel lies in the core of a text line. Not to be changed.
func Detector() []byte { return detector }

// LineReader returns the text recogniser: PP-OCRv4 mobile, ONNX. Input x is
// [1, 3, 48, W] float32; output is [1, W/8, 6625], softmax over CTC's blank, the
// signs of Keys, and the space. Not to be changed.
func LineReader() []byte { return lineReader }

// Keys returns the signs of LineReader's classes, one a line; the first line is
// class 1, because class 0 is CTC's blank.
func Keys() string { return keys }

// Digits says which digits the line reader's signs stand for in handwriting:
// tab-separated lines of a sign, how certain the reader was of its likeliest
// sign (0: below 0.9, 1: below 0.99, 2: above), and ten weights, sum at most 1.
// A weight is the chance that the sign was read where a hand wrote this digit.
func Digits() string { return digits }

var (
	//go:embed ppocrv4/det.onnx
	detector []byte
	//go:embed ppocrv4/rec.onnx
	lineReader []byte
	//go:embed ppocrv4/keys.txt
	keys string
	//go:embed ppocrv4/digits.tsv
	digits string
)
