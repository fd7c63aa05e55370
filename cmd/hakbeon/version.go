package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"hakbeon/recognizer/imagefile"
)

// version is set by the Makefile.
var version = "" //nolint:gochecknoglobals // set by the linker

func newVersion() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "version", Short: "Show the version", Args: none(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(map[string]string{
					"version": buildVersion(), "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH, "jpeg": imagefile.JPEGDecoder(),
				})
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "hakbeon %s (%s, %s/%s, JPEG by %s)\n",
				buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH, imagefile.JPEGDecoder())
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
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
