package webhook

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// GiveUpAfter is how long after its first attempt an event is given up.
	GiveUpAfter = 72 * time.Hour

	maxRetryAfter = 24 * time.Hour
)

// Delay returns how long to wait before the next attempt, and false once the
// event is to be given up. attempt counts the attempts made, from 1; since is
// the time from the first of them; retryAfter is what the receiver asked for;
// rnd returns numbers in [0,1), such as rand.Float64.
//
// The waits are 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, 2 h and then 4 h, each
// times a random factor between 0.5 and 1.5, so that the backlog of an outage
// does not come back at once. A wait is never shorter than retryAfter, except
// that the last attempt is at GiveUpAfter.
func Delay(attempt int, since, retryAfter time.Duration, rnd func() float64) (time.Duration, bool) {
	if since >= GiveUpAfter {
		return 0, false
	}
	jitter := rnd()
	wait := time.Duration(float64(baseDelay(attempt)) * (0.5 + jitter))
	if retryAfter = min(retryAfter, maxRetryAfter); wait < retryAfter {
		wait = retryAfter + time.Duration(float64(retryAfter)*jitter/10)
	}
	return min(wait, GiveUpAfter-max(since, 0)), true
}

func baseDelay(attempt int) time.Duration {
	schedule := [...]time.Duration{
		5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute,
		30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour,
	}
	return schedule[min(max(attempt, 1), len(schedule))-1]
}

// ParseRetryAfter reads a Retry-After header, seconds or an HTTP date, as a
// time from now between 0 and 24 h. What is malformed counts as 0.
func ParseRetryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if header == "" {
		return 0
	}
	if strings.Trim(header, "0123456789") == "" {
		seconds, err := strconv.ParseInt(header, 10, 64)
		if err != nil || seconds > int64(maxRetryAfter/time.Second) {
			return maxRetryAfter // more digits than fit
		}
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(header)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}
