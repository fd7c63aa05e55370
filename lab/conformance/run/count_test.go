package main

import (
	"bufio"
	"strings"
	"testing"
)

func TestCount(t *testing.T) {
	const said = `
{"Action":"run","Test":"TestS3Elsewhere"}
{"Action":"output","Test":"TestS3Elsewhere/A","Output":"    s3.go:1: got 1, want 2\n"}
{"Action":"fail","Test":"TestS3Elsewhere/A"}
{"Action":"pass","Test":"TestS3Elsewhere/B/deeper"}
{"Action":"pass","Test":"TestS3Elsewhere/B"}
{"Action":"output","Test":"TestS3Elsewhere/C","Output":"    s3.go:1: KNOWN DIFFERENCE: it can't\n"}
{"Action":"skip","Test":"TestS3Elsewhere/C"}
{"Action":"output","Test":"TestS3Elsewhere/D","Output":"    s3.go:1: no STS was given\n"}
{"Action":"skip","Test":"TestS3Elsewhere/D"}
{"Action":"fail","Test":"TestS3Elsewhere"}
`
	n := count(bufio.NewScanner(strings.NewReader(said)), 1)
	if n.checks != 2 || n.failed != 1 || n.known != 1 || n.skipped != 1 {
		t.Errorf("got %+v, want 2 checks, 1 failed, 1 known, 1 skipped", n)
	}
	notes := strings.Join(n.notes, "\n")
	for _, want := range []string{"FAILED TestS3Elsewhere/A: s3.go:1: got 1, want 2", "known  TestS3Elsewhere/C: it can't", "skipped TestS3Elsewhere/D"} {
		if !strings.Contains(notes, want) {
			t.Errorf("notes lack %q:\n%s", want, notes)
		}
	}
}
