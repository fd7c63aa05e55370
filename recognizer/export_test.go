package recognizer

// Grey is grey.
var Grey = grey
