//go:build !race

package imagefile_test

const raced = false
