package conformance

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

// conditionTests are about writes that must have one winner: results and
// plans rest on them.
func conditionTests() []s3Test {
	return []s3Test{
		{"IfNoneMatch", ifNoneMatch},
		{"IfNoneMatchRace", ifNoneMatchRace},
		{"IfMatch", ifMatch},
		{"IfMatchRace", ifMatchRace},
		{"IfMatchMissingKey", ifMatchMissingKey},
		{"CreateAgainAfterDelete", createAgainAfterDelete},
	}
}

func onlyIfAbsent(in *s3.PutObjectInput) { in.IfNoneMatch = aws.String("*") }

func onlyIf(etag string) func(*s3.PutObjectInput) {
	return func(in *s3.PutObjectInput) { in.IfMatch = &etag }
}

func ifNoneMatch(t *testing.T, b *s3Bucket) {
	b.mustPut(t, "a", []byte("first"), onlyIfAbsent)
	_, err := b.put("a", []byte("second"), onlyIfAbsent)
	wantCode(t, "create a second time", err, "PreconditionFailed")
	b.wantBody(t, "a", []byte("first"))
}

func ifMatch(t *testing.T, b *s3Bucket) {
	first := b.mustPut(t, "a", []byte("first"))
	second := b.mustPut(t, "a", []byte("second"), onlyIf(first))
	_, err := b.put("a", []byte("third"), onlyIf(first))
	wantCode(t, "change with a stale ETag", err, "PreconditionFailed")
	b.wantBody(t, "a", []byte("second"))
	b.mustPut(t, "a", []byte("third"), onlyIf(second))
	b.wantBody(t, "a", []byte("third"))
}

func ifMatchMissingKey(t *testing.T, b *s3Bucket) {
	_, err := b.put("none", []byte("x"), onlyIf(`"9b2cf535f27731c974343645a3985328"`))
	wantCode(t, "change a missing key", err, "NoSuchKey", "PreconditionFailed")
	b.wantAbsent(t, "none")
}

func createAgainAfterDelete(t *testing.T, b *s3Bucket) {
	b.mustPut(t, "a", []byte("first"), onlyIfAbsent)
	if _, err := b.c.DeleteObject(b.ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: b.key("a")}); err != nil {
		t.Fatalf("delete: %v", err)
	}
	b.mustPut(t, "a", []byte("second"), onlyIfAbsent)
	b.wantBody(t, "a", []byte("second"))
}

func ifNoneMatchRace(t *testing.T, b *s3Bucket) {
	for round := range 5 {
		name := fmt.Sprintf("race-%d", round)
		winner := b.race(t, name, round, onlyIfAbsent)
		b.wantBody(t, name, raceBody(round, winner))
	}
}

func ifMatchRace(t *testing.T, b *s3Bucket) {
	etag := b.mustPut(t, "race", []byte("start"))
	for round := range 5 {
		winner := b.race(t, "race", round, onlyIf(etag))
		etag = aws.ToString(b.wantBody(t, "race", raceBody(round, winner)).ETag)
	}
}

const racers = 16

// raceBody is the racer's own body, of a length of its own, so that a torn
// object shows. No two rounds share one: equal bodies have equal ETags, and
// an If-Match cannot tell them apart.
func raceBody(round, racer int) []byte {
	return fmt.Appendf(nil, "%0*d", 1000+racer*100, round*racers+racer)
}

// race lets 16 writers put different bodies at once under one condition. It
// returns the number of the only one that succeeded; all others must see 412,
// or 409 as S3 answers while another write is going on.
func (b *s3Bucket) race(t *testing.T, name string, round int, condition func(*s3.PutObjectInput)) int {
	t.Helper()
	var (
		errs  [racers]error
		start = make(chan struct{})
		wg    sync.WaitGroup
	)
	for i := range racers {
		wg.Go(func() {
			<-start
			_, errs[i] = b.put(name, raceBody(round, i), condition)
		})
	}
	close(start)
	wg.Wait()
	winner, winners := 0, 0
	for i, err := range errs {
		if err == nil {
			winner, winners = i, winners+1
			continue
		}
		api, ok := errors.AsType[smithy.APIError](err)
		if !ok || (api.ErrorCode() != "PreconditionFailed" && api.ErrorCode() != "ConditionalRequestConflict") {
			t.Errorf("loser %d: got error %v, want PreconditionFailed", i, err)
		}
	}
	if winners != 1 {
		t.Fatalf("%d of %d concurrent writers won, want 1", winners, racers)
	}
	return winner
}
