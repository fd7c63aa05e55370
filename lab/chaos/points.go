package main

import "slices"

// point is a step of the worker as it is seen from outside: a call that the
// process is held at. Its name is what docs/reliability.md calls it.
type point struct {
	name string
	op   string
	on   string
	kind string
}

// points are the steps from the job's receipt to the delivery of a person's
// verdict, in about their order.
func points() []point {
	return []point{
		{"job-received", "Receive", "jobs", "recognize"},
		{"job-put", "Put", "job.json", "create"},
		{"keys-put", "Put", "parts", "create"},
		{"fan-out", "Send", "work", "sheet"},
		{"finish-armed", "Send", "work", "finish"},
		{"job-deleted", "Delete", "jobs", "recognize"},
		{"sheet-received", "Receive", "work", "sheet"},
		{"roster-get", "Get", "roster", ""},
		{"download", "Get", "uploads", ""},
		{"pages-put", "Put", "pages", "create"},
		{"evidence-put", "Put", "evidence", "create"},
		{"original-copy", "Copy", "original", "uploads"},
		{"page-put", "Put", "original", "put"},
		{"header-put", "Put", "header", "put"},
		{"result-put", "Put", "sheets", "create"},
		{"webhook-queued", "Send", "callback", "delivery"},
		{"sheet-deleted", "Delete", "work", "sheet"},
		{"end-look", "List", "results", ""},
		{"roster-snapshot-put", "Put", "rosters", "create"},
		{"plan-put", "Put", "plans", "000001"},
		{"result-settled", "Put", "sheets", "replace"},
		{"original-moved", "Copy", "original", "original"},
		{"header-moved", "Copy", "header", "header"},
		{"report-put", "Put", "report.xlsx", "create"},
		{"summary-put", "Put", "summary.json", "create"},
		{"completed-queued", "Send", "callback", "end"},
		{"orphans-listed", "List", "original", ""},
		{"done-put", "Put", "done", "create"},
		{"delivery-received", "Receive", "callback", "delivery"},
		{"webhook-post", "Post", "hook", "sheet"},
		{"completed-post", "Post", "hook", "end"},
		{"delivery-deleted", "Delete", "callback", "delivery"},
		{"result-received", "Receive", "callback", "to-queue"},
		{"result-told", "Send", "results", "sheet"},
		{"end-told", "Send", "results", "end"},
		{"result-deleted", "Delete", "callback", "to-queue"},
		{"verdict-received", "Receive", "jobs", "resolve"},
		{"verdict-put", "Put", "corrections", "create"},
		{"second-plan-put", "Put", "plans", "000002"},
		{"summary-replaced", "Put", "summary.json", "replace"},
		{"rejected-received", "Receive", "jobs", "rematch"},
		{"rejection-put", "Put", "_rejected", "create"},
		{"rejection-queued", "Send", "callback", "rejected"},
		{"rejected-buried", "Send", "dlq", "rematch"},
		{"rejected-deleted", "Delete", "jobs", "rematch"},
		{"rejection-post", "Post", "hook", "rejected"},
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
