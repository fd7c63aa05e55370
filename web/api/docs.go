package api

import (
	"embed"
	"io/fs"
	"net/http"
)

// What the page is made of. swagger-ui's two files come from npm with "make
// setup"; without them the page says so.
//
//go:embed ui
var uiFiles embed.FS

func docsFiles() fs.FS {
	files, err := fs.Sub(uiFiles, "ui")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return files
}

// docsPolicy has the browser load nothing from other hosts, and ask none.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"connect-src 'self'; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (s documents) serveDocs(mux *http.ServeMux) {
	files := http.StripPrefix("/docs/", http.FileServerFS(s.ui))
	mux.HandleFunc("GET /docs/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", docsPolicy)
		w.Header().Set("Cache-Control", "no-cache")
		files.ServeHTTP(w, r)
	})
}
