package stack

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"hakbeon/lab/sqslocal"
)

// maxReceives is high because the worker counts attempts itself; the
// dead-letter queue is the last net only.
const maxReceives = 1000

// sqsServer is the SQS server with hakbeon's four queues.
type sqsServer struct {
	*webServer
	service *sqslocal.Server
	// queues are the variables that name the queues' URLs.
	queues []Var
	// file keeps the messages over a restart; "" if they are to be forgotten.
	file string
}

func startSQS(o Options, keys *issuer, fail func(error)) (*sqsServer, error) {
	l, err := listen(o.port(1))
	if err != nil {
		return nil, fmt.Errorf("start SQS: %w", err)
	}
	service := sqslocal.New(sqslocal.Options{
		Region: Region, AccessKey: keys.access, SecretKey: keys.secret, Faults: o.Faults,
	})
	queues, err := createQueues(service, "http://"+l.Addr().String(), o)
	if err != nil {
		l.Close()
		service.Close()
		return nil, fmt.Errorf("start SQS: %w", err)
	}
	file := ""
	if o.KeepQueues {
		file = filepath.Join(o.Dir, "queues.json")
	}
	if err := restore(service, file); err != nil {
		l.Close()
		service.Close()
		return nil, fmt.Errorf("start SQS: %w", err)
	}
	return &sqsServer{serve(l, delayed(o.Delay, sqsHandler(service)), fail), service, queues, file}, nil
}

// restore puts back the messages of the run before; there need not have been one.
func restore(service *sqslocal.Server, file string) error {
	if file == "" {
		return nil
	}
	kept, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open the kept queues: %w", err)
	}
	defer kept.Close()
	if err := service.Restore(kept); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// keep writes the messages down, in one step: a stack that is killed meanwhile leaves
// the file as it was.
func (s *sqsServer) keep() error {
	if s.file == "" {
		return nil
	}
	next, err := os.CreateTemp(filepath.Dir(s.file), "queues-*.json")
	if err != nil {
		return fmt.Errorf("keep the queues: %w", err)
	}
	err = errors.Join(s.service.Save(next), next.Close())
	if err == nil {
		err = os.Rename(next.Name(), s.file)
	}
	if err != nil {
		_ = os.Remove(next.Name())
		return fmt.Errorf("keep the queues: %w", err)
	}
	return nil
}

// createQueues makes the dead-letter queue first, as the others name it. SQS
// wants the dead-letter queue of a FIFO queue to be one too, so a FIFO jobs
// queue gets its own.
func createQueues(service *sqslocal.Server, url string, o Options) ([]Var, error) {
	queues := []struct{ variable, name, dead string }{
		{"SQS_DLQ_URL", "hakbeon-dlq", ""},
		{"SQS_QUEUE_URL", "hakbeon-jobs", "hakbeon-dlq"},
		{"SQS_WORK_QUEUE_URL", "hakbeon-work", "hakbeon-dlq"},
		{"SQS_CALLBACK_QUEUE_URL", "hakbeon-callback", "hakbeon-dlq"},
	}
	if o.FIFO {
		if _, err := createQueue(service, "hakbeon-dlq.fifo", "", o.Visibility); err != nil {
			return nil, err
		}
		queues[1].name, queues[1].dead = "hakbeon-jobs.fifo", "hakbeon-dlq.fifo"
	}
	var vars []Var
	for _, q := range queues {
		path, err := createQueue(service, q.name, q.dead, o.Visibility)
		if err != nil {
			return nil, err
		}
		vars = append(vars, Var{q.variable, url + path})
	}
	return vars, nil
}

func createQueue(service *sqslocal.Server, name, dead string, visibility time.Duration) (string, error) {
	attributes := map[string]string{"VisibilityTimeout": strconv.Itoa(int(visibility / time.Second))}
	if strings.HasSuffix(name, ".fifo") {
		attributes["FifoQueue"] = "true"
	}
	if dead != "" {
		attributes["RedrivePolicy"] = fmt.Sprintf(`{"deadLetterTargetArn":%q,"maxReceiveCount":%d}`, service.QueueARN(dead), maxReceives)
	}
	path, err := service.CreateQueue(name, attributes)
	if err != nil {
		return "", fmt.Errorf("create queue %s: %w", name, err)
	}
	return path, nil
}

// sqsHandler adds to the service a way to change its faults while it runs:
// POST /faults with what ParseFaults reads.
func sqsHandler(service *sqslocal.Server) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", service)
	mux.HandleFunc("POST /faults", func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
		if err == nil {
			var faults sqslocal.Faults
			if faults, err = ParseFaults(string(text)); err == nil {
				service.SetFaults(faults)
				w.WriteHeader(http.StatusNoContent)
				return
			}
		}
		http.Error(w, err.Error(), http.StatusBadRequest)
	})
	return mux
}

// ParseFaults reads faults of the SQS server from a JSON object with the
// fields of sqslocal.Faults; durations are in nanoseconds. Empty text means
// none.
func ParseFaults(text string) (f sqslocal.Faults, err error) {
	if text == "" {
		return f, nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return sqslocal.Faults{}, fmt.Errorf("faults: %w", err)
	}
	return f, nil
}

// close returns the error of keeping the messages.
func (s *sqsServer) close() error {
	s.service.Close()
	s.webServer.close()
	return s.keep()
}
