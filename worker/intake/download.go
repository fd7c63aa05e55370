package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"go.uber.org/zap"

	"hakbeon/exam"
	"hakbeon/internal/egress"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/worker/queue"
)

// Downloads says how images are fetched that lie elsewhere than in the bucket.
type Downloads struct {
	// Hosts are those that a job's download_url may name.
	Hosts egress.Allowed
	// Transport reaches them, and follows no redirect.
	Transport http.RoundTripper
	// MaxBytes is the size of an image.
	MaxBytes int64
	// Timeout bounds one fetching, from the name's resolution to the image's last byte.
	Timeout time.Duration
}

// unfetched is why an image was not had. Its text shows no more of the address than the
// host, and nothing that the host says.
type unfetched struct {
	exam.Unfetched

	host    string
	why     string
	lasting bool // it won't be had later either
	theirs  bool // its host, or the way there, is out of order
}

func (e *unfetched) Error() string { return "the image was not had: " + e.host + ": " + e.why }

// download has the image of a message lie in S3, under the key that a file of its name
// has in its batch, and returns that key. It is fetched once: the message that comes again
// finds it there. An image that is not to be had is a key all the same, of no object: so
// its sheet fails, is told of, and the batch comes to its end.
func (in *Intake) download(ctx context.Context, m *queue.Message, msg *jobs.Recognize) (part exam.Part, err error) {
	if err := egress.Check(msg.DownloadURL, jobs.MaxDownloadURLBytes, in.Downloads.Hosts); err != nil {
		return part, badDownload("%w", err)
	}
	b := layout.Batch{ExamCode: msg.ExamCode, BatchID: msg.BatchID}
	key, ok := b.Scan(msg.Filename)
	if !ok {
		return part, refusef(exam.RejectedField, "filename", "should be a file's name")
	}
	part.Keys = []string{key}
	if _, err := in.Store.Head(ctx, key); !errors.Is(err, s3store.ErrNotFound) {
		return part, err
	}
	size, err := in.bring(ctx, msg.DownloadURL, key)
	missing, ok := errors.AsType[*unfetched](err)
	said := []zap.Field{
		zap.String("exam_code", b.ExamCode), zap.String("batch_id", b.BatchID), zap.String("message_id", m.ID),
	}
	switch {
	case err == nil:
		in.Log.Info("image downloaded", append(said, zap.Int("bytes", size))...)
		return part, nil
	case !ok:
		return part, err
	case !missing.lasting:
		if again := in.later(m, missing); again != nil {
			return part, again
		}
	}
	in.Log.Warn("an image is not to be had: its sheet will fail", append(said, zap.Error(missing))...)
	part.Unfetched = &missing.Unfetched
	return part, nil
}

// later is when the image is tried again, nil if that is over. One that is not there may
// come yet, as a late upload does. A host that is out of order is not given up for the
// message's age alone.
func (in *Intake) later(m *queue.Message, missing *unfetched) error {
	if missing.theirs {
		return in.patient(m, missing, nil)
	}
	return in.waitFor(m, in.ImagePatience, missing, nil)
}

// bring fetches an image and stores it, unless another process has done so meanwhile. The
// error is an *unfetched, the refusal of an address, or S3's.
func (in *Intake) bring(ctx context.Context, address, key string) (size int, err error) {
	data, release, err := in.fetch(ctx, address)
	if err != nil {
		return 0, err
	}
	defer release()
	_, err = in.Store.Create(ctx, key, data, http.DetectContentType(data))
	if errors.Is(err, s3store.ErrExists) {
		err = nil
	}
	return len(data), err
}

// fetch gets an image into memory, within the budget, until release is called.
func (in *Intake) fetch(ctx context.Context, address string) (data []byte, release func(), err error) {
	bounded, cancel := context.WithTimeout(ctx, in.Downloads.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(bounded, http.MethodGet, address, nil)
	if err != nil {
		return nil, nil, badDownload("it is not a URL") // err would show it
	}
	req.Header.Set("User-Agent", "hakbeon")
	host := egress.Redact(req.URL)
	resp, err := in.Downloads.Transport.RoundTrip(req)
	if err != nil {
		return nil, nil, in.fault(ctx, host, err)
	}
	defer resp.Body.Close()
	limit := in.Downloads.MaxBytes
	size := resp.ContentLength
	switch status := resp.StatusCode; {
	case status != http.StatusOK:
		return nil, nil, badAnswer(host, status)
	case size > limit:
		return nil, nil, tooLarge(host, limit)
	case size < 0:
		size = limit
	}
	if release, err = in.Memory(bounded, size); err == nil {
		data, err = readImage(resp, limit)
	}
	if err == nil && int64(len(data)) > limit {
		err = tooLarge(host, limit)
	} else if err != nil {
		err = in.fault(ctx, host, err)
	}
	if err != nil && release != nil {
		release()
	}
	return data, release, err
}

// readImage reads an answer to its end, or a byte further than the limit.
func readImage(resp *http.Response, limit int64) ([]byte, error) {
	if resp.ContentLength < 0 {
		return io.ReadAll(io.LimitReader(resp.Body, limit+1)) //nolint:wrapcheck // fault says it
	}
	data := make([]byte, resp.ContentLength)
	_, err := io.ReadFull(resp.Body, data)
	return data, err //nolint:wrapcheck // fault says it
}

// fault is what may be said of an error on the way to an image: of an address that may
// not be dialled the message's refusal.
func (in *Intake) fault(ctx context.Context, host string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("fetch an image: %w", ctx.Err())
	}
	fault, detail := egress.FaultOf(err)
	if fault == egress.FaultAddress {
		return badDownload("%s leads to %s", host, detail)
	}
	why := string(fault)
	if detail != "" {
		why += ": " + detail
	}
	return &unfetched{exam.Unfetched{Reason: exam.ReasonImageMissing, Detail: exam.Detail{
		EN: fmt.Sprintf("The image could not be fetched: its host could not be reached, or broke off (%s).", fault),
		KO: fmt.Sprintf("이미지를 내려받지 못했습니다. 호스트에 연결되지 않거나 도중에 끊겼습니다(%s).", fault),
	}}, host, why, false, true}
}

func badAnswer(host string, status int) error {
	theirs := status >= 500 || status == http.StatusTooManyRequests
	return &unfetched{exam.Unfetched{Reason: exam.ReasonImageMissing, Detail: exam.Detail{
		EN: fmt.Sprintf("The image could not be fetched: its host answered %d.", status),
		KO: fmt.Sprintf("이미지를 내려받지 못했습니다. 호스트의 응답 코드는 %d입니다.", status),
	}}, host, fmt.Sprintf("it answered %d", status), status == http.StatusGone, theirs}
}

func tooLarge(host string, limit int64) error {
	return &unfetched{exam.Unfetched{Reason: exam.ReasonImageTooLarge, Detail: exam.Detail{
		EN: fmt.Sprintf("The file at the address has more bytes than are fetched: at most %d MiB.", limit>>20),
		KO: fmt.Sprintf("주소에 있는 파일이 너무 큽니다. %d MiB까지 내려받습니다.", limit>>20),
	}}, host, fmt.Sprintf("it has more than %d bytes", limit), true, false}
}
