package api

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"

	"go.uber.org/zap"
)

// lookEvery is how often the certificate's files are looked at, at most.
const lookEvery = time.Second

// Certificate is a TLS certificate in files, read again when they change, so that
// a renewal needs no restart.
type Certificate struct {
	certFile, keyFile string
	log               *zap.Logger

	mu      sync.Mutex
	current *tls.Certificate
	stamp   [2]fileStamp
	looked  time.Time
}

type fileStamp struct {
	changed time.Time
	size    int64
}

// LoadCertificate reads a certificate (the whole chain) and its key, in PEM.
func LoadCertificate(certFile, keyFile string, log *zap.Logger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, log: log}
	stamp, err := c.stat()
	if err != nil {
		return nil, err
	}
	return c, c.load(stamp)
}

func (c *Certificate) stat() (out [2]fileStamp, err error) {
	for i, file := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(file)
		if err != nil {
			return out, fmt.Errorf("look at the TLS certificate: %w", err)
		}
		out[i] = fileStamp{info.ModTime(), info.Size()}
	}
	return out, nil
}

func (c *Certificate) load(stamp [2]fileStamp) error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("read the TLS certificate %s with its key %s: %w", c.certFile, c.keyFile, err)
	}
	c.current, c.stamp = &pair, stamp
	return nil
}

// get is the certificate as the files have it. One that can't be read, such as one
// that is just being written, leaves the one before in use and is tried again.
func (c *Certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.looked) < lookEvery {
		return c.current, nil
	}
	c.looked = time.Now()
	stamp, err := c.stat()
	if err == nil && stamp != c.stamp {
		if err = c.load(stamp); err == nil {
			c.log.Info("TLS certificate read again")
		}
	}
	if err != nil {
		c.log.Error("the TLS certificate can't be read again: the one before stays in use", zap.Error(err))
	}
	return c.current, nil
}
