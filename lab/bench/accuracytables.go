package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"hakbeon/lab/synth"
)

// printAccuracy prints all tables of a collection.
func printAccuracy(w io.Writer, c collection, t tally) {
	fmt.Fprintf(w, "### Accuracy, %s set: %s\n\n", c.name, c.about)
	fmt.Fprintf(w, "%d sheets, %d to an exam; each %dth of our own forms is a whole page, the others are its upper part. ", len(t), sheetsOfExam, wholeEvery)
	fmt.Fprintf(w, "In brackets 95 %% intervals that take sheets as independent; *by exams* are those that take exams as independent, each of which has one form.\n\n")
	printStudents(w, t)
	printOthers(w, t)
	printLevels(w, t)
	printReliability(w, t)
	printParts(w, t)
}

// column is a decision and what a table calls it.
type column struct {
	name string
	stage
}

func columns() []column {
	return []column{{"each sheet alone", alone}, {"at the batch's end", atTheEnd}}
}

func printStudents(w io.Writer, t tally) {
	own := t.kind(student)
	fmt.Fprint(w, "| | each sheet alone | at the batch's end |\n|---|---|---|\n")
	row := func(name string, cell func(s stage) string) {
		fmt.Fprintf(w, "| %s |", name)
		for _, c := range columns() {
			fmt.Fprintf(w, " %s |", cell(c.stage))
		}
		fmt.Fprintln(w)
	}
	row("students' sheets: first candidate right", func(s stage) string { return own.withExams(s.first) })
	row("students' sheets: accepted", func(s stage) string { return own.withExams(s.accepted) })
	row("all sheets: wrong of accepted", func(s stage) string { return t.only(s.accepted).share(s.wrong).String() })
	row("all sheets: wrong of accepted, at most (95 %)", func(s stage) string { return t.only(s.accepted).share(s.wrong).atMost() })
	row("students' sheets: wrong of accepted, at most (95 %)", func(s stage) string {
		wrong := own.only(s.accepted).share(s.wrong)
		return fmt.Sprintf("%d, at most %s", wrong.hits, wrong.atMost())
	})
	row("log loss of the first candidate being right", func(s stage) string { return fmt.Sprintf("%.5f", t.logLoss(s)) })
	usual := own.share(func(o outcome) bool { return o.usual.accepted && !o.usual.wrong })
	wrong := t.share(func(o outcome) bool { return o.usual.wrong })
	fmt.Fprintf(w, "\nUnder the usual rule (the digits read without a roster, looked up, one wrong digit allowed) %s of students' sheets were right, and of all sheets %s wrong.\n\n", usual, wrong)
}

// withExams is a share with both intervals.
func (t tally) withExams(so func(outcome) bool) string {
	low, high := t.byExam(so)
	return fmt.Sprintf("%s, by exams %s to %s", t.share(so), percent(low), percent(high))
}

func printOthers(w io.Writer, t tally) {
	fmt.Fprint(w, "| accepted though they should not be | each sheet alone | at the batch's end | at most (95 %) |\n|---|---|---|---|\n")
	for _, row := range []struct {
		name string
		kind kind
	}{
		{"strangers, one digit from a student", near},
		{"strangers, others", far},
		{"sheets without an ID", blank},
	} {
		sheets := t.kind(row.kind)
		end := sheets.share(stage(atTheEnd).accepted)
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", row.name, sheets.share(stage(alone).accepted), end, end.atMost())
	}
	second := t.only(func(o outcome) bool { return o.second })
	twins := t.kind(twin)
	fmt.Fprintf(w, "\nStudents with two sheets: both went to review in %s; %s of these sheets were accepted at the batch's end.\n\n",
		second.share(func(o outcome) bool { return o.held }), twins.share(stage(atTheEnd).accepted))
}

// printLevels shows what accepting from another probability would bring.
func printLevels(w io.Writer, t tally) {
	fmt.Fprint(w, "| accepted at the batch's end from | students' sheets accepted | all sheets: wrong of accepted | at most (95 %) | strangers one digit from a student accepted |\n|---|---|---|---|---|\n")
	for k, level := range acceptLevels {
		s := stage(func(o outcome) verdict { return o.levels[k] })
		wrong := t.only(s.accepted).share(s.wrong)
		fmt.Fprintf(w, "| %g | %s | %d of %d | %s | %d of %d |\n", level, t.kind(student).share(s.accepted), wrong.hits, wrong.of, wrong.atMost(),
			t.kind(near).share(s.accepted).hits, len(t.kind(near)))
	}
	fmt.Fprintln(w)
}

func printReliability(w io.Writer, t tally) {
	fmt.Fprint(w, "| decision | confidence of the first candidate | sheets | mean confidence | first candidate right | difference in points |\n|---|---|---|---|---|---|\n")
	for _, c := range columns() {
		for _, b := range t.reliability(c.stage) {
			if b.right.of > 0 {
				fmt.Fprintf(w, "| %s | %g to %g | %d | %.5f | %s | %+.3f |\n", c.name, b.from, b.to, b.right.of, b.confidence, b.right, b.points())
			}
		}
	}
	fmt.Fprintln(w)
	for _, c := range columns() {
		fmt.Fprintf(w, "The largest difference, %s, in a bin of %d sheets and more: %+.2f points.\n", c.name, sheetsOfBin, t.worstBin(c.stage).points())
	}
	fmt.Fprintln(w)
}

// printParts shows where students' sheets do better or worse.
func printParts(w io.Writer, t tally) {
	fmt.Fprint(w, "| at the batch's end | students' sheets | first candidate right | accepted | wrong | others accepted |\n|---|---|---|---|---|---|\n")
	printPart(w, t, "digits by", func(o outcome) synth.Source { return o.source }, func(s synth.Source) string { return s.String() })
	printPart(w, t, "hands from", func(o outcome) string { return o.hand }, func(s string) string { return cmp.Or(s, "synth") })
	printPart(w, t, "forms", func(o outcome) synth.Family { return o.family }, func(f synth.Family) string { return f.String() })
	own, others := t.only(ownForm), t.only(func(o outcome) bool { return !ownForm(o) })
	printPart(w, others, "scans", func(o outcome) synth.Colour { return o.colour }, colourName)
	printPart(w, own, "field", func(o outcome) synth.Field { return o.field }, fieldName)
	printPart(w, t, "dpi", func(o outcome) float64 { return o.dpi }, func(d float64) string { return fmt.Sprintf("%g", d) })
	printPart(w, t, "digits of an ID", func(o outcome) int { return o.digits }, strconv.Itoa)
	printPart(w, t, "picture", func(o outcome) int { return map[bool]int{true: 1}[o.whole] }, func(n int) string { return [...]string{"upper part", "whole page"}[n] })
	fmt.Fprintln(w)
}

func printPart[K cmp.Ordered](w io.Writer, t tally, what string, of func(outcome) K, name func(K) string) {
	parts := make(map[K]tally)
	for _, o := range t {
		parts[of(o)] = append(parts[of(o)], o)
	}
	end := stage(atTheEnd)
	for _, k := range slices.Sorted(maps.Keys(parts)) {
		own := parts[k].kind(student)
		others := parts[k].only(func(o outcome) bool { return o.kind != student && o.kind != twin })
		fmt.Fprintf(w, "| %s: %s | %d | %s %% | %s %% | %d | %d of %d |\n", what, name(k), len(own),
			own.share(end.first).percent(), own.share(end.accepted).percent(), own.share(end.wrong).hits,
			others.share(end.accepted).hits, len(others))
	}
}

func ownForm(o outcome) bool { return o.family == synth.OwnForms }

func colourName(c synth.Colour) string {
	return [...]string{"any", "colour", "grey", "1 bit"}[c]
}

func fieldName(f synth.Field) string {
	return [...]string{"plain", "underlined", "boxed", "comb", "split", "cell"}[f]
}
