package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// cage holds a process and its children to their memory, by a cgroup of version 2 or 1.
type cage struct {
	group  string // the cgroup's folder; "" if none could be made
	v1     bool
	folder string // for the script, and the worker's cache
}

// newCage makes a cgroup, or a cage that holds nothing where that is not allowed.
func newCage(memory int64) (*cage, error) {
	folder, err := os.MkdirTemp("", "hakbeon-bombs-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	c := &cage{folder: folder}
	name := filepath.Base(folder)
	for _, try := range []struct {
		parent, limit string
		v1            bool
	}{
		{"/sys/fs/cgroup", "memory.max", false},
		{"/sys/fs/cgroup/memory", "memory.limit_in_bytes", true},
	} {
		group := filepath.Join(try.parent, name)
		if os.Mkdir(group, 0o750) != nil {
			continue
		}
		limit := filepath.Join(group, try.limit) // is there if this is a cgroup with that controller
		if _, err := os.Stat(limit); err == nil && os.WriteFile(limit, []byte(strconv.FormatInt(memory, 10)), 0o600) == nil {
			c.group, c.v1 = group, try.v1
			return c, nil
		}
		_ = os.Remove(group)
	}
	return c, nil
}

func (c *cage) held() bool { return c.group != "" }

// wrap is a program that enters the cage and becomes the given one.
func (c *cage) wrap(program string) string {
	if !c.held() {
		return program
	}
	script := filepath.Join(c.folder, "caged")
	text := fmt.Sprintf("#!/bin/sh\necho $$ > %s/cgroup.procs || exit 1\nexec %s \"$@\"\n", c.group, program)
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil { //nolint:gosec // it is to be run
		return program
	}
	return script
}

// peak is the most memory that was in use, in bytes; 0 if that is not known.
func (c *cage) peak() int64 {
	file := "memory.peak"
	if c.v1 {
		file = "memory.max_usage_in_bytes"
	}
	n, _ := strconv.ParseInt(c.read(file), 10, 64)
	return n
}

// killed is how many processes the kernel ended for want of memory.
func (c *cage) killed() int {
	file := "memory.events"
	if c.v1 {
		file = "memory.oom_control"
	}
	for line := range strings.Lines(c.read(file)) {
		if name, n, _ := strings.Cut(strings.TrimSpace(line), " "); name == "oom_kill" {
			killed, _ := strconv.Atoi(n)
			return killed
		}
	}
	return 0
}

func (c *cage) read(file string) string {
	if !c.held() {
		return ""
	}
	text, err := os.ReadFile(filepath.Join(c.group, file))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// remove waits for the decoder, which ends just after its worker.
func (c *cage) remove() error {
	const patience, pause = 5 * time.Second, 50 * time.Millisecond
	err := errors.New("not tried")
	if !c.held() {
		err = nil
	}
	for until := time.Now().Add(patience); err != nil && time.Now().Before(until); {
		if err = os.Remove(c.group); err != nil {
			time.Sleep(pause)
		}
	}
	return errors.Join(err, os.RemoveAll(c.folder))
}
