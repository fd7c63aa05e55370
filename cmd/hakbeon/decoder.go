package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/spf13/cobra"

	"hakbeon/recognizer/imagefile"
)

const decoderName = "decode-pages"

// newDecoder is the process that a worker decodes in: nothing for a person to call.
func newDecoder() *cobra.Command {
	return &cobra.Command{
		Use: decoderName + " FOLDER", Short: "Decode pages for a worker", Hidden: true, Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return imagefile.Serve(cmd.InOrStdin(), cmd.OutOrStdout(), args)
		},
	}
}

// decoderCommand starts this very program, also after its file was replaced by
// another version's.
func decoderCommand() ([]string, error) {
	if runtime.GOOS == "linux" {
		return []string{"/proc/self/exe", decoderName}, nil
	}
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find our own program: %w", err)
	}
	return []string{program, decoderName}, nil
}

// decoderCache is the folder that keeps the decoder's compiled code: systemd's for
// this service, or the user's. Whoever can write there decides what the decoder runs,
// so it has to be ours alone.
func decoderCache() (string, error) {
	base := os.Getenv("CACHE_DIRECTORY")
	if base == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("find the user's cache: %w", err)
		}
		base = filepath.Join(user, "hakbeon")
	}
	folder := filepath.Join(base, "decoder")
	if err := os.MkdirAll(folder, 0o700); err != nil { //nolint:gosec // the operator says where
		return "", fmt.Errorf("make the decoder's cache: %w", err)
	}
	return folder, onlyOurs(folder)
}

func onlyOurs(folder string) error {
	info, err := os.Lstat(folder) //nolint:gosec // the operator says where
	if err != nil {
		return fmt.Errorf("look at the decoder's cache: %w", err)
	}
	const othersWrite = 0o022
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || info.Mode()&(fs.ModeSymlink|othersWrite) != 0 || !ok || int(owner.Uid) != os.Geteuid() {
		return fmt.Errorf("the decoder's cache %s is not a folder that only this user can write to", folder)
	}
	return nil
}

// decoderSettings says how pages are decoded; without a cache the decoder only
// starts more slowly, which a warning is enough for.
func decoderSettings() (command []string, cache string, warning, err error) {
	if command, err = decoderCommand(); err != nil {
		return nil, "", nil, err
	}
	if cache, warning = decoderCache(); warning != nil {
		cache = ""
	}
	return command, cache, warning, nil
}
