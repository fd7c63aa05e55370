package main

import (
	"errors"
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
		Use: decoderName + " FOLDER FILES", Short: "Decode pages for a worker", Hidden: true, Args: usage(cobra.ExactArgs(2)),
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
	if err := onlyOurs(folder); err != nil {
		return "", err
	}
	return folder, layIn(folder)
}

// shippedCode is where a build leaves the decoder's compiled code, beside our program as
// the libraries are: see make product.
const shippedCode = "lib/decoder"

// layIn copies what a build has compiled to where the decoder looks for it, so that not
// even a machine's first PDF waits for that. Code for another version or another kind
// of processor is not used; the decoder then compiles its own.
func layIn(folder string) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find our own program: %w", err)
	}
	shipped := os.DirFS(filepath.Join(filepath.Dir(program), shippedCode))
	return fs.WalkDir(shipped, ".", func(name string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && name == "." {
			return fs.SkipAll // a build that ships none
		}
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		to := filepath.Join(folder, filepath.FromSlash(name))
		if _, err := os.Lstat(to); err == nil { //nolint:gosec // the operator says where, the build what
			return nil
		}
		return copyWhole(shipped, name, to)
	})
}

// copyWhole has the copy appear at once: another worker may be looking for it.
func copyWhole(from fs.FS, name, to string) error {
	data, err := fs.ReadFile(from, name)
	if err != nil {
		return fmt.Errorf("read the decoder's code: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil { //nolint:gosec // as above
		return fmt.Errorf("make the decoder's cache: %w", err)
	}
	part, err := os.CreateTemp(filepath.Dir(to), "*.part")
	if err != nil {
		return fmt.Errorf("write the decoder's cache: %w", err)
	}
	_, err = part.Write(data)
	if err = errors.Join(err, part.Close()); err == nil {
		err = os.Rename(part.Name(), to) //nolint:gosec // as above
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write the decoder's cache: %w", err), os.Remove(part.Name())) //nolint:gosec // as above
	}
	return nil
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

// newCompile fills a folder with the decoder's compiled code: a build's business.
func newCompile() *cobra.Command {
	return &cobra.Command{
		Use: "compile-decoder FOLDER", Short: "Compile the decoder's code into a folder, to be shipped", Hidden: true, Args: usage(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error { return imagefile.Compile(args[0]) },
	}
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
