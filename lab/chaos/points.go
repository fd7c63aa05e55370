package main

import "slices"

// point is a step of the worker as it is seen from outside: a call that the
// process is held at. Its name is what docs/reliability.md calls it.
type point struct {
	name string
	op   string
	on   string
	kind string
	// from is the message of the exam's batch from which on the process is held.
	from sent
}

// sent is a message that the exam's batch is made of.
type sent int

const (
	// whole: one message has all of the batch.
	whole sent = iota
	// first, second and closing are those of an open batch: two with half of the files
	// each, and the close.
	first
	second
	closing
)

// points are the steps from the job's receipt to the delivery of a person's
// verdict, in about their order, and those of an open batch.
func points() []point {
	return []point{
		{"job-received", "Receive", "jobs", "recognize", whole},
		{"job-put", "Put", "job.json", "create", whole},
		{"keys-put", "Put", "parts", "create", whole},
		{"fan-out", "Send", "work", "sheet", whole},
		{"finish-armed", "Send", "work", "finish", whole},
		{"job-deleted", "Delete", "jobs", "recognize", whole},
		{"sheet-received", "Receive", "work", "sheet", whole},
		{"roster-get", "Get", "roster", "", whole},
		{"download", "Get", "uploads", "", whole},
		{"pages-put", "Put", "pages", "create", whole},
		{"evidence-put", "Put", "evidence", "create", whole},
		{"original-copy", "Copy", "original", "uploads", whole},
		{"page-put", "Put", "original", "put", whole},
		{"header-put", "Put", "header", "put", whole},
		{"result-put", "Put", "sheets", "create", whole},
		{"webhook-queued", "Send", "callback", "delivery", whole},
		{"sheet-deleted", "Delete", "work", "sheet", whole},
		{"end-look", "List", "results", "", whole},
		{"roster-snapshot-put", "Put", "rosters", "create", whole},
		{"plan-put", "Put", "plans", "000001", whole},
		{"result-settled", "Put", "sheets", "replace", whole},
		{"original-moved", "Copy", "original", "original", whole},
		{"header-moved", "Copy", "header", "header", whole},
		{"report-put", "Put", "report.xlsx", "create", whole},
		{"summary-put", "Put", "summary.json", "create", whole},
		{"completed-queued", "Send", "callback", "end", whole},
		{"orphans-listed", "List", "original", "", whole},
		{"done-put", "Put", "done", "create", whole},
		{"delivery-received", "Receive", "callback", "delivery", whole},
		{"webhook-post", "Post", "hook", "sheet", whole},
		{"completed-post", "Post", "hook", "end", whole},
		{"delivery-deleted", "Delete", "callback", "delivery", whole},
		{"result-received", "Receive", "callback", "to-queue", whole},
		{"result-told", "Send", "results", "sheet", whole},
		{"end-told", "Send", "results", "end", whole},
		{"result-deleted", "Delete", "callback", "to-queue", whole},
		{"verdict-received", "Receive", "jobs", "resolve", whole},
		{"verdict-put", "Put", "corrections", "create", whole},
		{"second-plan-put", "Put", "plans", "000002", whole},
		{"summary-replaced", "Put", "summary.json", "replace", whole},
		{"rejected-received", "Receive", "jobs", "rematch", whole},
		{"rejection-put", "Put", "_rejected", "create", whole},
		{"rejection-queued", "Send", "callback", "rejected", whole},
		{"rejected-buried", "Send", "dlq", "rematch", whole},
		{"rejected-deleted", "Delete", "jobs", "rematch", whole},
		{"rejection-post", "Post", "hook", "rejected", whole},
		{"open-job-put", "Put", "job.json", "create", first},
		{"open-received", "Receive", "jobs", "open", second},
		{"open-keys-put", "Put", "parts", "create", second},
		{"open-fan-out", "Send", "work", "sheet", second},
		{"open-deleted", "Delete", "jobs", "open", second},
		{"close-received", "Receive", "jobs", "close", closing},
		{"close-put", "Put", "closed", "create", closing},
		{"close-armed", "Send", "work", "finish", closing},
		{"close-deleted", "Delete", "jobs", "close", closing},
		{"closed-plan-put", "Put", "plans", "000001", closing},
	}
}

// of tells whether a call of an exam is this point.
func (p point) of(c call, exam string) bool {
	return c.op == p.op && c.on == p.on && slices.Contains(c.items, item{exam, p.kind})
}

// way is how the process is treated at a point.
type way string

const (
	// lost: killed, and the call never gets to the server.
	lost way = "lost"
	// done: killed when the server has done it and has not been heard.
	done way = "done"
	// late: killed, and the call gets to the server when others have gone on.
	late way = "late"
	// frozen: not killed but stopped until others have its messages, and then let go
	// on as if nothing had been.
	frozen way = "frozen"
)

// ways are how a process can be killed at the point. What a receive is about is
// known only when the server has answered.
func (p point) ways() []way {
	if p.op == "Receive" {
		return []way{done}
	}
	return []way{lost, done, late}
}

// after says that the server does its part before the process is struck.
func (p point) after(w way) bool { return w == done || p.op == "Receive" }
