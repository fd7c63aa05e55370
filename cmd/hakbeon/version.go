package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"hakbeon/recognizer/imagefile"

	"github.com/spf13/cobra"
)

// version is set by the Makefile.
var version = "" //nolint:gochecknoglobals // set by the linker

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show the version", Args: none(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "hakbeon %s (%s, %s/%s, JPEG by %s)\n",
				buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH, imagefile.JPEGDecoder())
			return err
		},
	}
}

func buildVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "unknown"
}
