package api

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"go.uber.org/zap"
)

const (
	headerTimeout   = 5 * time.Second
	requestTimeout  = 30 * time.Second
	answerTimeout   = 75 * time.Second // a body, a sheet and its images
	idleTimeout     = 2 * time.Minute
	maxHeaderBytes  = 16 << 10
	shutdownTimeout = 3 * time.Second
)

// Serve answers on the listener until ctx ends, and then lets requests under
// way finish for a short time. With a certificate it speaks TLS only. What single
// connections suffer from goes to the log as debug lines.
func Serve(ctx context.Context, l net.Listener, h http.Handler, cert *Certificate, log *zap.Logger) error {
	errorLog, err := zap.NewStdLogAt(log, zap.DebugLevel)
	if err != nil {
		return fmt.Errorf("make the HTTP server's log: %w", err)
	}
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTimeout, ReadTimeout: requestTimeout, WriteTimeout: answerTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes, ErrorLog: errorLog,
	}
	if cert != nil {
		server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: cert.get}
	}
	drained := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(drained)
		bounded, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
		defer cancel()
		if server.Shutdown(bounded) != nil {
			_ = server.Close() // cut off what does not end
		}
	})
	if cert == nil {
		err = server.Serve(l)
	} else {
		err = server.ServeTLS(l, "", "")
	}
	if !errors.Is(err, http.ErrServerClosed) {
		stop()
		return fmt.Errorf("serve HTTP on %s: %w", l.Addr(), err)
	}
	// Serve returns when the shutdown begins.
	<-drained
	return nil
}
