package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"path"

	"golang.org/x/text/language"

	"hakbeon/jobs"
)

//go:embed assets
var assets embed.FS

// pages are the embedded files.
type pages struct {
	templates *template.Template
	languages language.Matcher
	versions  map[string]string // of the assets, by name
}

func newPages() *pages {
	p := &pages{
		templates: template.Must(template.ParseFS(assets, "assets/*.html")),
		languages: language.NewMatcher([]language.Tag{language.English, language.Korean}),
		versions:  map[string]string{},
	}
	for _, name := range []string{"app.js", "texts.js", "app.css"} {
		body, err := assets.ReadFile("assets/" + name)
		if err != nil {
			panic(err) // it is embedded
		}
		p.versions[name] = tag(body)
	}
	return p
}

type loginPage struct {
	Lang  string
	Next  string
	Wrong bool
	V     map[string]string
}

type examPage struct {
	Lang, Exam, Token string
	Login             bool // there is a session to end
	V                 map[string]string
}

// page is the exam's page, or the login before it.
func (h *Handler) page(w http.ResponseWriter, r *http.Request) {
	exam := r.PathValue("exam")
	if !jobs.ValidCode(exam) {
		http.Error(w, "no such exam", http.StatusNotFound)
		return
	}
	s, ok := h.opts.Auth.Session(r)
	if !ok {
		h.pages.login(w, r, loginPage{Next: localPath(r.URL.RequestURI())}, http.StatusOK)
		return
	}
	h.pages.show(w, "exam.html", http.StatusOK, examPage{
		Lang: h.pages.lang(r), Exam: exam, Token: s.Token, Login: h.opts.Auth.Keyed(), V: h.pages.versions,
	})
}

func (p *pages) login(w http.ResponseWriter, r *http.Request, data loginPage, status int) {
	data.Lang, data.V = p.lang(r), p.versions
	p.show(w, "login.html", status, data)
}

func (p *pages) show(w http.ResponseWriter, name string, status int, data any) {
	var out bytes.Buffer
	if err := p.templates.ExecuteTemplate(&out, name, data); err != nil {
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the browser may be gone
}

// lang is Korean or English, by the browser's setting.
func (p *pages) lang(r *http.Request) string {
	_, index := language.MatchStrings(p.languages, r.Header.Get("Accept-Language"))
	return []string{"en", "ko"}[index]
}

func (p *pages) asset(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.PathValue("name"))
	if p.versions[name] == "" {
		http.NotFound(w, r)
		return
	}
	if r.URL.Query().Get("v") == p.versions[name] {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeFileFS(w, r, assets, "assets/"+name)
}

// tag names a version of an asset.
func tag(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:8])
}
