package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/prometheus/client_golang/prometheus"

	"hakbeon/internal/config"
	"hakbeon/recognizer"
	"hakbeon/recognizer/vlm"
	"hakbeon/worker/reading"
)

// buildSecond makes the second reader; nil without a key, and then nothing is sent.
func buildSecond(cfg config.Config, metrics prometheus.Registerer) (reading.Second, error) {
	if cfg.VLMKey == "" {
		return nil, nil //nolint:nilnil // nobody is asked
	}
	mistakes, err := calibration(cfg.VLMCalibration)
	if err != nil {
		return nil, err
	}
	client, err := vlm.New(vlm.Options{
		Key: cfg.VLMKey, BaseURL: cfg.VLMURL, Model: cfg.VLMModel, Mistakes: mistakes, Timeout: cfg.VLMTimeout,
		PerMinute: cfg.VLMPerMinute, PriceIn: cfg.VLMPriceIn, PriceOut: cfg.VLMPriceOut, Metrics: metrics,
	})
	if err != nil {
		return nil, fmt.Errorf("second reader: %w", err)
	}
	return client, nil
}

// calibration reads what was measured of the second reader's mistakes, see
// docs/second-reader.md. Without a file it counts as one that was never measured.
func calibration(file string) (recognizer.Mistakes, error) {
	m := recognizer.DefaultMistakes()
	if file == "" {
		return m, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return m, fmt.Errorf("OPENAI_CALIBRATION: %w", err)
	}
	m = recognizer.Mistakes{}
	if err := json.Unmarshal(text, &m); err != nil || !m.Valid() {
		return m, fmt.Errorf(`OPENAI_CALIBRATION: %s should hold {"right": ..., "sign": ..., "lost": ..., "extra": ...} as 'bench -only second' writes it`, file)
	}
	return m, nil
}
