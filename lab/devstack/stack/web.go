package stack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// webServer serves one handler on a loopback port.
type webServer struct {
	url    string
	addr   string
	server *http.Server
	cancel context.CancelFunc
}

// listen takes the port (0 for any) without serving yet, for handlers that
// must know their own address.
func listen(port int) (net.Listener, error) {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return l, nil
}

// serve answers on l until close; an end that nobody asked for goes to fail.
func serve(l net.Listener, h http.Handler, fail func(error)) *webServer {
	ctx, cancel := context.WithCancel(context.Background())
	s := &webServer{
		url: "http://" + l.Addr().String(), addr: l.Addr().String(), cancel: cancel,
		server: &http.Server{
			Handler: h, ReadHeaderTimeout: 10 * time.Second,
			BaseContext: func(net.Listener) context.Context { return ctx },
		},
	}
	go func() {
		if err := s.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			fail(err)
		}
	}()
	return s
}

// close ends long polls at once, gives other requests a moment, then cuts.
func (s *webServer) close() {
	s.cancel()
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if s.server.Shutdown(ctx) != nil {
		s.server.Close()
	}
}
