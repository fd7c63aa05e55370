package find

// Reduce is reduce.
var Reduce = reduce
