package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"hakbeon/exam"
	"hakbeon/internal/config"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/auth"
	"hakbeon/web/page"
	"hakbeon/web/people"
	"hakbeon/web/signin"
)

// access is who may use the pages, and how they sign in.
type access struct {
	gate   *auth.Gate
	signIn page.SignIn // nil without a provider
	// invitations are nil without a secret to sign them with.
	invitations page.Invitations
}

// accessOf is that by the settings.
func accessOf(cfg config.Config, store *s3store.Store) (access, error) {
	secrets, err := people.ParseSecrets(cfg.SessionSecret)
	if err != nil {
		return access{}, fmt.Errorf("SESSION_SECRET: %w", err)
	}
	who := access{signIn: signInOf(cfg, secrets)}
	who.gate = auth.New(cfg.Keys(), cfg.AllowAnonymous).For(auth.People{
		Secrets: secrets, Revoked: people.NewRevocations(byExam{store}).Revoked, NoKeys: !cfg.KeysOpenSessions(),
	})
	if len(secrets) > 0 {
		who.invitations = people.Book{Records: byExam{store}, Secrets: secrets}
	}
	return who, nil
}

// signInOf is the provider by whom people sign in, nil without one.
func signInOf(cfg config.Config, secrets people.Secrets) page.SignIn {
	if cfg.OIDCIssuer == "" {
		return nil
	}
	return signin.New(signin.Options{
		Issuer: cfg.OIDCIssuer, ClientID: cfg.OIDCClient, ClientSecret: cfg.OIDCSecret, RedirectURL: cfg.OIDCRedirect,
		Managers: cfg.Managers(), ExamsClaim: cfg.OIDCExamsClaim, Secrets: secrets,
	})
}

// noteErasure writes down who asks for an exam to be deleted, before it is: afterwards
// nothing else would say so. Who came in by a key is nobody in particular.
func noteErasure(ctx context.Context, store *s3store.Store, code string) error {
	who := auth.SessionOf(ctx)
	if who.ByKey() || who.Person.Name == "" {
		return nil
	}
	now := time.Now().UTC()
	id := fmt.Sprintf("%013d-%s", now.UnixMilli(), rand.Text()[:8])
	return store.CreateRecord(ctx, layout.Erased(id), exam.Erasure{ExamCode: code, By: who.Person.Name, At: now})
}
