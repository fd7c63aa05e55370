package stack

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const (
	account      = "000000000000"
	stsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/"
	requestID    = "00000000-0000-0000-0000-000000000000"
	// maxForm is far above what either call sends.
	maxForm = 64 << 10
	// backendPath is where STS_API_ENDPOINT leads.
	backendPath = "/sts/credentials"
)

// stsHandler answers GetCallerIdentity and AssumeRole at "/", and the
// backend's own way of handing out credentials at backendPath; those live so long.
func stsHandler(keys *issuer, lifetime time.Duration) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{$}", func(w http.ResponseWriter, r *http.Request) { serveSTS(w, r, keys) })
	mux.HandleFunc("POST "+backendPath, func(w http.ResponseWriter, r *http.Request) { serveBackendSTS(w, r, keys, lifetime) })
	return mux
}

func serveSTS(w http.ResponseWriter, r *http.Request, keys *issuer) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if err != nil {
		stsFail(w, awsError{"ValidationError", "The body could not be read.", http.StatusBadRequest})
		return
	}
	if err := keys.verify(r, body); err != nil {
		stsFail(w, describe(err))
		return
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		stsFail(w, awsError{"MalformedQueryString", "The body is not a form.", http.StatusBadRequest})
		return
	}
	switch form.Get("Action") {
	case "GetCallerIdentity":
		callerIdentity(w)
	case "AssumeRole":
		assumeRole(w, form, keys)
	default:
		stsFail(w, awsError{"InvalidAction", "Only GetCallerIdentity and AssumeRole are served.", http.StatusBadRequest})
	}
}

func callerIdentity(w http.ResponseWriter) {
	type result struct{ Arn, UserId, Account string }
	writeXML(w, http.StatusOK, struct {
		XMLName                 xml.Name `xml:"GetCallerIdentityResponse"`
		Xmlns                   string   `xml:"xmlns,attr"`
		GetCallerIdentityResult result
		RequestId               string `xml:"ResponseMetadata>RequestId"`
	}{Xmlns: stsNamespace, RequestId: requestID, GetCallerIdentityResult: result{
		Arn: "arn:aws:iam::" + account + ":user/hakbeon", UserId: "AIDAHAKBEON", Account: account,
	}})
}

// assumeRole takes any role; the session may do whatever the permanent key
// may. DurationSeconds is bounded as AWS bounds it: 15 minutes to 12 hours.
func assumeRole(w http.ResponseWriter, form url.Values, keys *issuer) {
	role, session := form.Get("RoleArn"), form.Get("RoleSessionName")
	seconds, err := strconv.Atoi(form.Get("DurationSeconds"))
	if form.Get("DurationSeconds") == "" {
		seconds, err = 3600, nil
	}
	if err != nil || role == "" || session == "" || seconds < 900 || seconds > 12*3600 {
		stsFail(w, awsError{"ValidationError", "RoleArn, RoleSessionName or DurationSeconds is missing or out of range.", http.StatusBadRequest})
		return
	}
	t, err := keys.issue(time.Duration(seconds) * time.Second)
	if err != nil {
		stsFail(w, awsError{"InternalFailure", err.Error(), http.StatusInternalServerError})
		return
	}
	type credentials struct{ AccessKeyId, SecretAccessKey, SessionToken, Expiration string }
	type user struct{ AssumedRoleId, Arn string }
	writeXML(w, http.StatusOK, struct {
		XMLName         xml.Name    `xml:"AssumeRoleResponse"`
		Xmlns           string      `xml:"xmlns,attr"`
		Credentials     credentials `xml:"AssumeRoleResult>Credentials"`
		AssumedRoleUser user        `xml:"AssumeRoleResult>AssumedRoleUser"`
		RequestId       string      `xml:"ResponseMetadata>RequestId"`
	}{
		Xmlns: stsNamespace, RequestId: requestID,
		Credentials:     credentials{t.AccessKeyID, t.SecretAccessKey, t.SessionToken, t.Expiration.Format(time.RFC3339)},
		AssumedRoleUser: user{"AROAHAKBEON:" + session, role + "/" + session},
	})
}

// serveBackendSTS is the endpoint that STS_API_ENDPOINT names: a service asks
// for its credentials by name, without a signature.
func serveBackendSTS(w http.ResponseWriter, r *http.Request, keys *issuer, lifetime time.Duration) {
	var ask struct {
		Service string `json:"service"`
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxForm)).Decode(&ask)
	if err != nil || ask.Service != "student_id_extraction" {
		http.Error(w, `{"error":"service must be student_id_extraction"}`, http.StatusBadRequest)
		return
	}
	t, err := keys.issue(lifetime)
	if err != nil {
		http.Error(w, `{"error":"no credentials"}`, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(t) // whoever asked has gone
}

func stsFail(w http.ResponseWriter, e awsError) {
	type fault struct{ Type, Code, Message string }
	writeXML(w, e.status, struct {
		XMLName   xml.Name `xml:"ErrorResponse"`
		Xmlns     string   `xml:"xmlns,attr"`
		Error     fault
		RequestId string
	}{Xmlns: stsNamespace, RequestId: requestID, Error: fault{"Sender", e.code, e.message}})
}

func writeXML(w http.ResponseWriter, status int, v any) {
	body, err := xml.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	_, _ = w.Write(body) // whoever asked has gone
}
