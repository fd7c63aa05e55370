package main

import (
	"context"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"go.uber.org/zap"
)

// feedsPerWatch is how often systemd is told within the time after which it takes the
// process for stuck.
const feedsPerWatch = 3

// watchdog tells systemd that the process is ready and, as long as alive comes back,
// that it is not stuck. Without systemd it does nothing. It returns when ctx ends.
func watchdog(ctx context.Context, alive func(), log *zap.Logger) {
	notify(daemon.SdNotifyReady, log)
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		log.Warn("systemd's watchdog is not fed", zap.Error(err))
		return
	}
	if every == 0 {
		return
	}
	tick := time.NewTicker(every / feedsPerWatch)
	defer tick.Stop()
	for {
		alive()
		notify(daemon.SdNotifyWatchdog, log)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// notify does nothing where there is no systemd.
func notify(state string, log *zap.Logger) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		log.Warn("could not tell systemd", zap.String("state", state), zap.Error(err))
	}
}
