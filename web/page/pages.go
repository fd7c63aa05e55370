package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"regexp"
	"slices"

	"golang.org/x/text/language"

	"hakbeon/internal/apikey"
	"hakbeon/jobs"
)

//go:embed assets
var assets embed.FS

// pages are the embedded files.
type pages struct {
	templates *template.Template
	languages language.Matcher
	version   string            // of all assets together: a module names its neighbours without one
	served    map[string]string // the kind of each file that browsers ask for, by name
	// modules are what a page's own script needs, by its name, itself among them: they are
	// fetched at once, and not one after another.
	modules map[string][]string
}

// newPages reads the embedded files; base is what stands before all paths, "" or such as
// "/hakbeon".
func newPages(base string) *pages {
	p := &pages{
		templates: template.Must(template.New("").Funcs(template.FuncMap{"base": func() string { return base }, "said": said}).ParseFS(assets, "assets/*.html")),
		languages: language.NewMatcher([]language.Tag{language.English, language.Korean}),
		served:    map[string]string{},
	}
	files, err := assets.ReadDir("assets")
	if err != nil {
		panic(err) // it is embedded
	}
	sum := sha256.New()
	for _, file := range files {
		kind := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}[path.Ext(file.Name())]
		if kind == "" {
			continue // a template
		}
		body, err := assets.ReadFile("assets/" + file.Name())
		if err != nil {
			panic(err) // it is embedded
		}
		fmt.Fprintf(sum, "%s %d\n%s", file.Name(), len(body), body)
		p.served[file.Name()] = kind
	}
	p.version = hex.EncodeToString(sum.Sum(nil)[:8])
	p.modules = map[string][]string{"main.js": needs("main.js"), "start.js": needs("start.js")}
	return p
}

// word is what a template says in the language of the browser.
type word struct {
	Ko bool
	Of string
}

func said(ko bool, of string) word { return word{ko, of} }

var importRE = regexp.MustCompile(`(?m)^import .*"\./([a-z-]+\.js)";$`)

// needs are the modules that a module imports, and those that they import, and itself.
func needs(name string) []string {
	found := []string{name}
	for i := 0; i < len(found); i++ {
		body, err := assets.ReadFile("assets/" + found[i])
		if err != nil {
			panic(err) // it is embedded
		}
		for _, m := range importRE.FindAllSubmatch(body, -1) {
			if other := string(m[1]); !slices.Contains(found, other) {
				found = append(found, other)
			}
		}
	}
	return found
}

type examPage struct {
	Lang, Exam, Name, Token string
	Login                   bool // there is a session to end
	Roster                  bool // another roster can be brought
	Erase                   bool // the exam can be deleted
	Cancel                  bool // a batch can be cancelled
	Deliveries              bool // what the backend was told can be seen
	MaxRoster               int64
	V                       string
	Modules                 []string
	Who                     who
}

// page is the exam's page, or the login before it.
func (h *Handler) page(w http.ResponseWriter, r *http.Request) {
	exam := r.PathValue("exam")
	if !jobs.ValidCode(exam) {
		http.Error(w, "no such exam", http.StatusNotFound)
		return
	}
	s, ok := h.signedIn(w, r, exam)
	if !ok {
		return
	}
	data := examPage{
		Lang: h.pages.lang(r), Exam: exam, Name: h.exams.name(r.Context(), exam), Token: s.Token, Login: h.opts.Auth.Keyed(),
		V: h.pages.version, Modules: h.pages.modules["main.js"], Who: whoOf(s),
	}
	data.Deliveries = h.opts.Deliveries != nil && mayTell(s)
	data.Erase = h.opts.Erase != nil && s.May(apikey.Delete)
	data.Cancel = h.opts.Uploads != nil && s.May(apikey.Jobs)
	if h.opts.Uploads != nil && s.May(apikey.Rosters) {
		data.Roster, data.MaxRoster = true, h.opts.Uploads.MaxRoster
	}
	h.pages.show(w, "exam.html", http.StatusOK, data)
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

// asset serves a file by its version, for good, and by any other as it is now.
func (p *pages) asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if p.served[name] == "" {
		http.NotFound(w, r)
		return
	}
	if r.PathValue("version") == p.version {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.Header().Set("Content-Type", p.served[name])
	http.ServeFileFS(w, r, assets, "assets/"+name)
}
