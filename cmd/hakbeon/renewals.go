package main

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
)

// observeRenewals logs and counts the renewals of the credentials for S3.
func observeRenewals(into prometheus.Registerer, log *zap.Logger) func(time.Time, error) {
	renewals := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "hakbeon_s3_credentials_renewals_total", Help: "Requests for the credentials that serve S3, by result.",
	}, []string{"result"})
	expiry := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "hakbeon_s3_credentials_expire_timestamp_seconds", Help: "When the credentials that serve S3 end.",
	})
	into.MustRegister(renewals, expiry)
	return func(until time.Time, err error) {
		if err != nil {
			renewals.WithLabelValues("failed").Inc()
			log.Warn("could not renew the credentials for s3: those in use serve on until they end", zap.Error(err))
			return
		}
		renewals.WithLabelValues("renewed").Inc()
		expiry.Set(float64(until.Unix()))
		log.Debug("credentials for s3 renewed", zap.Time("until", until))
	}
}
