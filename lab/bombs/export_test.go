package bombs

// Deflated packs data as bombs do.
var Deflated = deflated
