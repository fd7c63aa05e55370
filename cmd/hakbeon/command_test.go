package main_test

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/joho/godotenv"
	"github.com/xuri/excelize/v2"

	"hakbeon/lab/synth"
	"hakbeon/webhook"
)

func TestExitCodes(t *testing.T) {
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"version"}, 0, "hakbeon "},
		{[]string{"help"}, 0, "Usage:"},
		{[]string{"worker", "--nonsense"}, 2, "unknown flag"},
		{[]string{"worker"}, 1, "S3_BUCKET"},
		{[]string{"worker", "--env-file", "/nonexistent"}, 1, "/nonexistent"},
		{[]string{"completion", "bash"}, 0, "bash completion"},
		{[]string{"version", "--json"}, 0, `"jpeg":`},
		{[]string{"doctor", "--json", "--env-file", os.DevNull}, 1, `"check":"settings","ok":false`},
		{[]string{"recognize"}, 2, "requires at least 1 arg"},
		{[]string{"recognize", "x.jpg"}, 2, "--roster is required"},
		{[]string{"recognize", "x.jpg", "--roster", "/nonexistent.xlsx"}, 1, "read the roster"},
		{[]string{"local"}, 2, "--env-file is required"},
		{[]string{"submit", "only-a-code"}, 2, "requires at least 2 arg"},
		{[]string{"doctor"}, 1, "not set: AWS_REGION"},
		{[]string{"nonsense"}, 2, "unknown command"},
		{nil, 0, "Usage:"},
		{[]string{"dlq"}, 2, "say what to do"},
		{[]string{"resolve", "E", "b", "a.jpg"}, 2, "either --student or --verdict"},
		{[]string{"resolve", "E", "b", "a.jpg", "--verdict", "undo", "--student", "1"}, 2, "either --student or --verdict"},
		{[]string{"resolve", "E/x", "b", "a.jpg", "--verdict", "undo"}, 2, "exam code"},
		{[]string{"resolve", "E", "b"}, 2, "accepts 3 arg"},
		{[]string{"export", "E", "--pattern", "{nothing}"}, 2, "its fields are {student_id}"},
		{[]string{"export", "E", "--lang", "fr"}, 2, "ko or en"},
		{[]string{"export", "E/x"}, 2, "exam code"},
		{[]string{"export", "E", "--batch", "b/x"}, 2, "exam code"},
		{[]string{"invite", "--name", "x", "--until", "2100-01-01"}, 2, "at least one exam"},
		{[]string{"invite", "--name", "x", "--exams", "A", "--until", "soon"}, 2, "--until should be a day"},
		{[]string{"invite", "--name", "x", "--role", "owner", "--until", "2100-01-01"}, 2, "grader or manager"},
		{[]string{"invite", "--name", "x", "--url", "example.com", "--until", "2100-01-01"}, 2, "--url should be like"},
		{[]string{"invite", "revoke", "../x"}, 2, "no invitation's id"},
		{[]string{"invite", "list"}, 1, "SESSION_SECRET"},
		{[]string{"rematch", "E"}, 2, "accepts 2 arg"},
		{[]string{"rematch", "E", "b"}, 1, "not set: AWS_REGION"},
	} {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			p := start(t, tt.args...)
			out, code := p.end(t, 20*time.Second)
			if said := out + p.stderr.String(); code != tt.code || !strings.Contains(said, tt.says) {
				t.Errorf("exit code %d, want %d; want %q in:\n%s", code, tt.code, tt.says, said)
			}
		})
	}
}

// TestStrangersFolder calls each command in a folder whose .env would have it load a
// library, and send what it reads to somebody else: none of it is read.
func TestStrangersFolder(t *testing.T) {
	folder := t.TempDir()
	evil := filepath.Join(folder, "evil.so")
	var settings strings.Builder
	for _, name := range []string{"SQS_QUEUE_URL", "SQS_WORK_QUEUE_URL", "SQS_CALLBACK_QUEUE_URL", "SQS_DLQ_URL", "AWS_ENDPOINT_URL", "OPENAI_BASE_URL", "STS_API_ENDPOINT"} {
		settings.WriteString(name + "=http://127.0.0.1:9/evil\n")
	}
	settings.WriteString("ONNXRUNTIME_LIB=" + evil + "\nS3_BUCKET=evil\nAWS_REGION=evil-1\nAWS_ACCESS_KEY_ID=x\nAWS_SECRET_ACCESS_KEY=x\n")
	for file, text := range map[string]string{".env": settings.String(), "evil.so": "no library", "a.jpg": "\xff\xd8\xff", "r.csv": "학번\n32141837\n"} {
		if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for command, says := range map[string]string{
		"worker": "not set: ", "dlq list": "not set: ", "submit E a.jpg --roster r.csv": "not set: ", "doctor": "not set: ", "recognize a.jpg --roster r.csv": "",
	} {
		cmd := exec.CommandContext(t.Context(), binary(t), strings.Fields(command)...)
		cmd.Dir, cmd.Env = folder, append(bareEnv(), "XDG_CONFIG_HOME="+t.TempDir())
		out, err := cmd.CombinedOutput()
		if text := string(out); strings.Contains(text, "evil") || !strings.Contains(text, says) || says != "" && err == nil {
			t.Errorf("%s: %v, it says:\n%s", command, err, text)
		}
	}
}

func TestDoctor(t *testing.T) {
	p := start(t, "doctor", "--env-file", local(t))
	out, code := p.end(t, time.Minute)
	if code != 0 || strings.Contains(out, "FAIL") || !strings.Contains(out, "arn:aws") || !strings.Contains(out, "clock") {
		t.Errorf("doctor ended with %d:\n%s", code, out)
	}
}

// TestDoctorFindsFaults: queues that would lose messages.
func TestDoctorFindsFaults(t *testing.T) {
	file := local(t)
	settings, err := godotenv.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	client := sqsOf(settings)
	for _, tt := range []struct{ queue, attribute, value, says string }{
		{"SQS_CALLBACK_QUEUE_URL", "MessageRetentionPeriod", "3600", "MessageRetentionPeriod"},
		{"SQS_WORK_QUEUE_URL", "RedrivePolicy", `{"deadLetterTargetArn":"arn:aws:sqs:local-1:000000000000:hakbeon-dlq","maxReceiveCount":3}`, "maxReceiveCount"},
	} {
		_, err := client.SetQueueAttributes(t.Context(), &sqs.SetQueueAttributesInput{
			QueueUrl: aws.String(settings[tt.queue]), Attributes: map[string]string{tt.attribute: tt.value},
		})
		if err != nil {
			t.Fatal(err)
		}
		out, code := start(t, "doctor", "--env-file", file).end(t, time.Minute)
		if code != 1 || !strings.Contains(out, "FAIL") || !strings.Contains(out, tt.says) {
			t.Errorf("%s=%s: doctor ended with %d, want %q in:\n%s", tt.attribute, tt.value, code, tt.says, out)
		}
	}
}

// TestDoctorTriesTheResultQueue: it is looked at, and a test event is put on it.
func TestDoctorTriesTheResultQueue(t *testing.T) {
	t.Parallel()
	settings, err := godotenv.Read(local(t))
	if err != nil {
		t.Fatal(err)
	}
	client := sqsOf(settings)
	for _, name := range []string{"results", "results.fifo"} {
		attributes := map[string]string{}
		if strings.HasSuffix(name, ".fifo") {
			attributes["FifoQueue"] = "true"
		}
		made, err := client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name, Attributes: attributes})
		if err != nil {
			t.Fatal(err)
		}
		settings["RESULT_QUEUE_URL"] = *made.QueueUrl
		file := filepath.Join(t.TempDir(), "env")
		if err := godotenv.Write(settings, file); err != nil {
			t.Fatal(err)
		}
		out, code := start(t, "doctor", "--env-file", file).end(t, time.Minute)
		if code != 0 || !strings.Contains(out, "it took an event of type webhook.test") {
			t.Errorf("%s: doctor ended with %d:\n%s", name, code, out)
		}
		got, err := client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: made.QueueUrl, MessageAttributeNames: []string{"All"}})
		if err != nil || len(got.Messages) != 1 || !strings.Contains(*got.Messages[0].Body, "webhook.test") || got.Messages[0].MessageAttributes["webhook-signature"].StringValue == nil {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	settings["RESULT_QUEUE_URL"] += "-gone"
	file := filepath.Join(t.TempDir(), "env")
	if err := godotenv.Write(settings, file); err != nil {
		t.Fatal(err)
	}
	if out, code := start(t, "doctor", "--env-file", file).end(t, time.Minute); code != 1 || !strings.Contains(out, "there is no such queue") {
		t.Errorf("doctor ended with %d:\n%s", code, out)
	}
}

// TestRefusedAtStart: settings that no message or webhook would get past are told by
// the worker at its start and by doctor, in the same words.
func TestRefusedAtStart(t *testing.T) {
	settings, err := godotenv.Read(local(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, value, says string }{
		{"SQS_WORK_QUEUE_URL", settings["SQS_QUEUE_URL"], "SQS_QUEUE_URL and SQS_WORK_QUEUE_URL name the same queue"},
		{"SQS_DLQ_URL", settings["SQS_CALLBACK_QUEUE_URL"], "SQS_CALLBACK_QUEUE_URL and SQS_DLQ_URL name the same queue"},
		{"RESULT_QUEUE_URL", settings["SQS_QUEUE_URL"], "SQS_QUEUE_URL and RESULT_QUEUE_URL name the same queue"},
		{"WEBHOOK_URL", "http://203.0.114.7/hook", "WEBHOOK_URL: webhook to http://203.0.114.7: insecure_url"},
		{"WEBHOOK_URL", "https://10.0.0.1/hook", "WEBHOOK_URL: webhook to https://10.0.0.1: address_refused"},
		{"WEBHOOK_URL", "backend.example.com", "WEBHOOK_URL: webhook: bad_url"},
		{"DOWNLOAD_ALLOWED_HOSTS", "https://pictures.example.com", `DOWNLOAD_ALLOWED_HOSTS: allowed host "https://pictures.example.com"`},
	} {
		changed := maps.Clone(settings)
		changed[tt.name] = tt.value
		file := filepath.Join(t.TempDir(), "env")
		if err := godotenv.Write(changed, file); err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"worker", "doctor"} {
			p := start(t, command, "--env-file", file)
			out, code := p.end(t, time.Minute)
			if said := out + p.stderr.String(); code != 1 || !strings.Contains(said, tt.says) {
				t.Errorf("%s with %s=%s ended with %d, want %q in:\n%s", command, tt.name, tt.value, code, tt.says, said)
			}
		}
	}
}

// TestWebhookTest: the sink gets a signed event of its own type, by command and by
// HTTP; a receiver that can't be reached is told.
func TestWebhookTest(t *testing.T) {
	env := local(t)
	sink := sinkOf(t, env)
	p := start(t, "webhook", "test", "--env-file", env)
	if out, code := p.end(t, time.Minute); code != 0 || !strings.Contains(out, "the receiver has taken evt_") {
		t.Fatalf("ended with %d: %s%s", code, out, p.stderr.String())
	}
	events, _, err := sink.Events(t.Context(), 0, 10*time.Second)
	if err != nil || len(events) != 1 || events[0].Type != "webhook.test" || !events[0].Verified {
		t.Errorf("the sink has %+v, %v, want one event that verifies", events, err)
	}
	appendTo(t, env, "WEBHOOK_URL=http://127.0.0.1:1/\n")
	p = start(t, "webhook", "test", "--env-file", env)
	if _, code := p.end(t, time.Minute); code != 1 || !strings.Contains(p.stderr.String(), "webhook to http://127.0.0.1:1") {
		t.Errorf("ended with %d: %s", code, p.stderr.String())
	}
}

// TestWebhookKey: a pair that the command makes signs what a worker's receiver gets, and the
// command says the half that the receiver verifies by.
func TestWebhookKey(t *testing.T) {
	env := local(t)
	if _, code := start(t, "webhook", "key", "--env-file", env).end(t, time.Minute); code != 1 {
		t.Errorf("without a pair it ended with %d", code)
	}
	setting, code := start(t, "webhook", "key", "--new").end(t, time.Minute)
	if code != 0 {
		t.Fatalf("--new ended with %d", code)
	}
	appendTo(t, env, setting)
	public, code := start(t, "webhook", "key", "--env-file", env).end(t, time.Minute)
	if code != 0 || !strings.HasPrefix(public, "whpk_") || !strings.Contains(setting, "# "+public) || strings.Contains(public, "whsk_") {
		t.Fatalf("ended with %d: %s", code, public)
	}
	keys, err := webhook.ParseReceiverKeys(public)
	if err != nil {
		t.Fatal(err)
	}
	verified := make(chan error, 1)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		verified <- webhook.Verify(keys, r.Header, body, time.Now())
	}))
	defer receiver.Close()
	appendTo(t, env, "WEBHOOK_URL="+receiver.URL+"/\nWEBHOOK_ALLOWED_HOSTS=127.0.0.1\n")
	p := start(t, "webhook", "test", "--env-file", env)
	if _, code := p.end(t, time.Minute); code != 0 {
		t.Fatalf("the test event ended with %d: %s", code, p.stderr.String())
	}
	if err := <-verified; err != nil {
		t.Errorf("by the public key: %v", err)
	}
	appendTo(t, env, "WEBHOOK_SIGNING_KEY="+public)
	p = start(t, "webhook", "test", "--env-file", env)
	if _, code := p.end(t, time.Minute); code != 1 || !strings.Contains(p.stderr.String(), "WEBHOOK_SIGNING_KEY: ") {
		t.Errorf("a public key as the setting: ended with %d: %s", code, p.stderr.String())
	}
}

// TestLocalKeeps: with --dir the messages outlive the process, as the objects do.
func TestLocalKeeps(t *testing.T) {
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "env")
	for run := range 2 {
		p := start(t, "local", "--env-file", file, "--dir", dir)
		await(t, 30*time.Second, "the embedded servers", func() bool { return strings.Contains(p.stderr.String(), "ready:") })
		settings, err := godotenv.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		client := sqsOf(settings)
		queue := aws.String(settings["SQS_QUEUE_URL"])
		if run == 0 {
			_, err = client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: queue, MessageBody: aws.String("kept")})
		} else {
			var out *sqs.ReceiveMessageOutput
			out, err = client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: queue})
			if err == nil && (len(out.Messages) != 1 || *out.Messages[0].Body != "kept") {
				t.Errorf("got %d messages after the restart, want the one that was sent", len(out.Messages))
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if _, code := p.end(t, 30*time.Second); code != 0 {
			t.Errorf("local ended with %d", code)
		}
	}
}

// TestAWSCLI uses the environment file as it is.
func TestAWSCLI(t *testing.T) {
	cli, err := exec.LookPath("aws")
	if err != nil {
		t.Skipf("NOT RUN: the AWS CLI is not on this machine: %v", err)
	}
	env, err := godotenv.Read(local(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ args, says string }{
		{"s3api list-buckets", env["S3_BUCKET"]},
		{"sqs list-queues", env["SQS_QUEUE_URL"]},
		{"sts get-caller-identity", "arn:aws:iam::"},
	} {
		cmd := exec.CommandContext(t.Context(), cli, strings.Fields(tt.args)...)
		cmd.Env = append(bareEnv(), "AWS_PAGER=")
		for name, value := range env {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), tt.says) {
			t.Errorf("aws %s: %v: want %q in:\n%s", tt.args, err, tt.says, out)
		}
	}
}

// line is what recognize --json prints of a page.
type line struct {
	File       string
	Status     string
	Reason     string
	StudentID  *string `json:"student_id"`
	Candidates []struct {
		StudentID string `json:"student_id"`
	}
}

func recognize(t *testing.T, args ...string) []line {
	t.Helper()
	p := start(t, append([]string{"recognize", "--json"}, args...)...)
	out, code := p.end(t, 3*time.Minute)
	if code != 0 {
		t.Fatalf("recognize ended with %d: %s", code, p.stderr.String())
	}
	var lines []line
	for in := bufio.NewScanner(strings.NewReader(out)); in.Scan(); {
		var l line
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			t.Fatalf("%q: %v", in.Text(), err)
		}
		lines = append(lines, l)
	}
	return lines
}

func TestRecognizeFolder(t *testing.T) {
	drawn, sheets, roster := drawExam(t, 11, synth.ExamSpec{Code: "R", Roster: 12, Sheets: 6, Blanks: 1, Broken: 1, Strangers: 1})
	workbook := filepath.Join(t.TempDir(), "report.xlsx")
	lines := recognize(t, sheets, "--roster", roster, "--report", workbook)
	checkReport(t, workbook, drawn)
	if len(lines) != len(drawn.Sheets) {
		t.Fatalf("%d lines for %d sheets", len(lines), len(drawn.Sheets))
	}
	for i, l := range lines {
		sheet := drawn.Sheets[i]
		if filepath.Base(l.File) != sheet.File {
			t.Fatalf("line %d is of %s, want %s", i, l.File, sheet.File)
		}
		if (l.StudentID != nil) != (l.Status == "matched") || l.Candidates == nil {
			t.Errorf("%s: %+v", sheet.File, l)
		}
		if l.StudentID != nil && (*l.StudentID != sheet.ID || sheet.Kind == synth.Stranger) {
			t.Errorf("%s (%s) was accepted for a wrong student", sheet.File, sheet.Kind)
		}
		if sheet.Kind == synth.Broken && (l.Status != "failed" || l.Reason != "image_unreadable") {
			t.Errorf("%s is broken and came out as %s, %s", sheet.File, l.Status, l.Reason)
		}
	}
}

// TestRecognizeTotals: the table ends with what it adds up to and who is absent.
func TestRecognizeTotals(t *testing.T) {
	drawn, sheets, roster := drawExam(t, 11, synth.ExamSpec{Code: "R", Roster: 6, Sheets: 3, Broken: 1})
	p := start(t, "recognize", sheets, "--roster", roster)
	out, code := p.end(t, 3*time.Minute)
	if code != 0 {
		t.Fatalf("recognize ended with %d: %s", code, p.stderr.String())
	}
	matched, present := strings.Count(out, "  matched  "), map[string]bool{}
	for line := range strings.SplitSeq(out, "\n") {
		if f := strings.Fields(line); len(f) > 3 && f[2] == "matched" {
			present[f[3]] = true
		}
	}
	_, absent, _ := strings.Cut(out, "\nwithout   ")
	for _, want := range []string{
		fmt.Sprintf("\nsheets    %d: %d matched, ", len(drawn.Sheets), matched), " 1 failed\n",
		fmt.Sprintf("\nstudents  6: %d with a sheet, %d without\n", len(present), 6-len(present)),
	} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in:\n%s", want, out)
		}
	}
	for _, person := range drawn.Roster {
		if strings.Contains(absent, person.ID) == present[person.ID] {
			t.Errorf("%s: with a sheet: %v, in the list of those without: %v", person.ID, present[person.ID], absent)
		}
	}
}

// checkReport: the report has the roster in its own order with its own columns,
// and as many crops as there are sheets that could be read.
func checkReport(t *testing.T, path string, drawn *synth.Exam) {
	t.Helper()
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Students 학생")
	if err != nil {
		t.Fatal(err)
	}
	header := slices.IndexFunc(rows, func(row []string) bool { return slices.Contains(row, "학과") })
	for i, p := range drawn.Roster {
		if row := rows[header+1+i]; row[0] != p.ID || row[1] != p.Name || row[2] != "소프트웨어학과" {
			t.Errorf("row %d is %q, want %s %s", i, row, p.ID, p.Name)
		}
	}
	pictures := map[string]bool{}
	for _, sheet := range book.GetSheetList() {
		cells, err := book.GetPictureCells(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range cells {
			found, err := book.GetPictures(sheet, cell)
			if err != nil || len(found) != 1 {
				t.Fatalf("%s %s: %d pictures, %v", sheet, cell, len(found), err)
			}
			pictures[found[0].Format.AltText] = true
		}
	}
	if want := len(drawn.Sheets) - 1; len(pictures) != want {
		t.Errorf("crops of %d sheets, want %d: one is broken", len(pictures), want)
	}
}

// TestRealStrips reads real handwriting, where it is present, with a roster of
// near neighbours.
func TestRealStrips(t *testing.T) {
	const dir = "../../../shared/real-strips"
	labels := readLabels(t, dir)
	roster := neighbourRoster(t, labels)
	abs, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	first, accepted, wrong := 0, 0, 0
	for _, l := range recognize(t, abs, "--roster", roster) {
		want := labels[filepath.Base(l.File)]
		if len(l.Candidates) > 0 && l.Candidates[0].StudentID == want {
			first++
		}
		if l.StudentID != nil {
			accepted++
			if *l.StudentID != want {
				wrong++
			}
		}
	}
	t.Logf("of %d real strips, with a roster of 150 near neighbours: %d first, %d accepted, %d of them wrong", len(labels), first, accepted, wrong)
	if first < 12 || wrong > 0 {
		t.Errorf("want at least 12 first and none wrong")
	}
}

func readLabels(t *testing.T, dir string) map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "labels.csv"))
	if err != nil {
		t.Skipf("NOT RUN: the real strips are not on this machine: %v", err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{}
	for _, r := range records {
		if strings.HasSuffix(r[0], ".png") {
			labels[r[0]] = r[1]
		}
	}
	return labels
}

// neighbourRoster writes a roster of the labels and of others that differ from
// them in one or two digits, 150 in all.
func neighbourRoster(t *testing.T, labels map[string]string) string {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	ids := map[string]bool{}
	var own []string
	for _, id := range slices.Sorted(maps.Values(labels)) {
		own = append(own, id)
		ids[id] = true
	}
	for len(ids) < 150 {
		near := []byte(own[r.IntN(len(own))])
		for range 1 + r.IntN(2) {
			near[r.IntN(len(near))] = byte('0' + r.IntN(10))
		}
		ids[string(near)] = true
	}
	book := excelize.NewFile()
	defer book.Close()
	book.SetCellStr("Sheet1", "A1", "학번")
	row := 2
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		cell, _ := excelize.CoordinatesToCellName(1, row)
		book.SetCellStr("Sheet1", cell, id)
		row++
	}
	path := filepath.Join(t.TempDir(), "roster.xlsx")
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}
