// Package lines finds the lines of a page that may hold an ID and cuts them out for
// the line model. The line model's training cuts its lines with the same code.
package lines
