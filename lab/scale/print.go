package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"
)

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()) }

func perSheet(n, sheets int) string { return fmt.Sprintf("%.1f", float64(n)/float64(sheets)) }

// mib are bytes of the worker that took most.
func mib(peak []int64) string { return strconv.FormatInt(slices.Max(peak)>>20, 10) }

// printBatch prints a row, below the head of the table if it is the first.
func printBatch(w io.Writer, m *measured, head bool) {
	if head {
		fmt.Fprint(w, "| sheets | workers | sheets a second | from the last reading to the summary, s | to `batch.completed`, s | CPU a sheet, ms: reading | end | S3 calls a sheet: reading | end | SQS calls a sheet | peak of a worker, MiB | small exam alone, s | beside, s | lost | wrong | to review |\n")
		fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
	}
	each := func(d time.Duration) string {
		return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000/float64(m.sheets))
	}
	fmt.Fprintf(w, "| %d | %d | %.0f | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %d | %d | %d |\n",
		m.sheets, m.workers, float64(m.sheets)/m.reading.Seconds(), seconds(m.toSummary), seconds(m.toCompleted), each(m.readingCPU), each(m.endCPU),
		perSheet(m.s3Reading, m.sheets), perSheet(m.s3End, m.sheets), perSheet(m.sqs, m.sheets), mib(m.peak), seconds(m.alone), seconds(m.beside), m.lost, m.wrong, m.review)
}

// printMany prints a row, below the head of the table if it is the first.
func printMany(w io.Writer, m *many, head bool) {
	if head {
		fmt.Fprint(w, "\n| batches | sheets of each | workers | sheets a second | from a batch's last reading to its `batch.completed`, s: half of them | 99 of 100 | CPU a sheet, ms | S3 calls a sheet | SQS calls a sheet | peak of a worker, MiB | lost | wrong | to review |\n")
		fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|---|---|---|---|")
	}
	sheets := m.batches * m.each
	fmt.Fprintf(w, "| %d | %d | %d | %.0f | %s | %s | %.1f | %s | %s | %s | %d | %d | %d |\n",
		m.batches, m.each, m.workers, float64(sheets)/m.took.Seconds(), seconds(m.p50), seconds(m.p99),
		float64(m.cpu.Microseconds())/1000/float64(sheets), perSheet(m.s3, sheets), perSheet(m.sqs, sheets), mib(m.peak), m.lost, m.wrong, m.review)
}

// printCalls prints the calls by kind, until the last reading and after it.
func printCalls(w io.Writer, before, read, after map[string]int) {
	for _, kind := range slices.Sorted(maps.Keys(after)) {
		fmt.Fprintf(w, "%-28s %8d %8d\n", kind, read[kind]-before[kind], after[kind]-read[kind])
	}
}
