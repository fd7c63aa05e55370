package onnx

// FindLibrary is findLibrary.
var FindLibrary = findLibrary
