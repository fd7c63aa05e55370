package jobs

import "time"

// The values of a message's "type".
const (
	TypeRecognize = "recognize"
	TypeResolve   = "resolve"
	TypeRematch   = "rematch"
	TypeClose     = "close"
	TypeCancel    = "cancel"
	TypeFanout    = "fanout"
	TypeSheet     = "sheet"
	TypeFinish    = "finish"
	TypeSweep     = "sweep"
	TypeDelivery  = "delivery"
)

// Limits of a message and of what it may name.
const (
	// MaxMessageBytes is what SQS takes in one message.
	MaxMessageBytes = 1 << 20
	// MaxKeys is how many sheets' files one batch may name.
	MaxKeys = 100_000
	// MaxKeyBytes is S3's limit on a key.
	MaxKeyBytes = 1024
	// MaxURLBytes bounds a callback's address.
	MaxURLBytes = 2048
	// MaxDownloadURLBytes bounds an image's address: one that is presigned with temporary
	// credentials holds their token. It is what servers take.
	MaxDownloadURLBytes = 8190
	// MaxFilenameBytes bounds the name of an image that has an address, with its folders.
	MaxFilenameBytes = 512
	// MaxByLength is how many characters a person's name has at most.
	MaxByLength = 200
	// MaxPagesPerSheet bounds the pages that are filed as one sheet.
	MaxPagesPerSheet = 64
)

// Message is anything that may lie on a queue.
type Message interface {
	// Exam is the exam code, which is also the queue's message group.
	Exam() string
	validate() error
}

// Recognize asks to read the student IDs off the sheets of an exam. A message
// without a type is a Recognize.
type Recognize struct {
	Type        string   `json:"type,omitempty"         jsonschema:"enum=recognize"`
	ExamCode    string   `json:"exam_code"`
	Keys        []string `json:"keys,omitempty"         jsonschema:"minItems=1,maxItems=100000"`
	ManifestKey string   `json:"manifest_key,omitempty"`
	// DownloadURL is where one image lies that is not in the bucket, in place of keys; its
	// query may hold a signature. Filename is what the sheet is called in its batch.
	DownloadURL string `json:"download_url,omitempty"`
	Filename    string `json:"filename,omitempty"`
	BatchID     string `json:"batch_id,omitempty"`
	BatchTotal  int    `json:"batch_total,omitempty"  jsonschema:"minimum=1,maximum=100000"`
	RosterKey   string `json:"roster_key,omitempty"`
	CallbackURL string `json:"callback_url,omitempty"`
	// PagesPerSheet is how many pages of a file make one sheet; 0 where the sender
	// leaves it out, which is 1.
	PagesPerSheet PageCount `json:"pages_per_sheet,omitempty" jsonschema:"minimum=1,maximum=64"`
	// Open: more may come under the same batch_id. The batch ends by batch_total, by a
	// Close, or when nothing new has come for a while.
	Open bool `json:"open,omitempty"`
}

// Verdicts of a person who looked at a sheet and did not name a student.
const (
	VerdictNotOnRoster = "not_on_roster"
	VerdictUnreadable  = "unreadable"
	// VerdictUndo takes the person's earlier verdict back.
	VerdictUndo = "undo"
)

// Resolve carries a person's verdict on one sheet: a student or a verdict,
// never both.
type Resolve struct {
	Type      string `json:"type"                 jsonschema:"enum=resolve"`
	ExamCode  string `json:"exam_code"`
	BatchID   string `json:"batch_id"`
	Sheet     string `json:"sheet"`
	StudentID string `json:"student_id,omitempty"`
	Verdict   string `json:"verdict,omitempty"    jsonschema:"enum=not_on_roster,enum=unreadable,enum=undo"`
	// By is the name of the person whose verdict it is, "" if nobody says.
	By string `json:"by,omitempty"`
}

// Rematch asks to match a batch's stored readings against the current roster,
// without reading an image.
type Rematch struct {
	Type     string `json:"type"      jsonschema:"enum=rematch"`
	ExamCode string `json:"exam_code"`
	BatchID  string `json:"batch_id"`
}

// Close says that an open batch has all of its sheets: it ends when they are read.
type Close struct {
	Type     string `json:"type"      jsonschema:"enum=close"`
	ExamCode string `json:"exam_code"`
	BatchID  string `json:"batch_id"`
}

// Cancel ends a batch at once: what has been read is decided, what hasn't is failed.
type Cancel struct {
	Type     string `json:"type"      jsonschema:"enum=cancel"`
	ExamCode string `json:"exam_code"`
	BatchID  string `json:"batch_id"`
	// By is the name of the person who wants it so, "" if nobody says.
	By string `json:"by,omitempty"`
}

// Fanout is one chunk of a registered job: its keys from From up to To are to
// become Sheet messages.
type Fanout struct {
	Type     string `json:"type"`
	ExamCode string `json:"exam_code"`
	BatchID  string `json:"batch_id"`
	Part     string `json:"part"`
	From     int    `json:"from"`
	To       int    `json:"to"`
}

// Sheet is one sheet to read: a file's page, counted from 1. In a file of
// several pages Page is the first page of the sheet.
type Sheet struct {
	Type     string `json:"type"`
	ExamCode string `json:"exam_code"`
	BatchID  string `json:"batch_id"`
	Key      string `json:"key"`
	Page     int    `json:"page"`
}

// Finish asks to look whether a batch has come to its end. Hop counts how often
// it was armed again.
type Finish struct {
	Type     string `json:"type"`
	ExamCode string `json:"exam_code"`
	BatchID  string `json:"batch_id"`
	Hop      int    `json:"hop"`
}

// Sweep asks to remove the copies of a sheet that only its earlier versions name.
type Sweep struct {
	Type     string `json:"type"`
	ExamCode string `json:"exam_code"`
	BatchID  string `json:"batch_id"`
	Sheet    string `json:"sheet"`
}

// Delivery is one event to tell of. It names a stored version and never an
// address or a body. Sheet is empty for the batch's own event; Version is the
// sheet's version or the batch's epoch.
type Delivery struct {
	Type     string `json:"type"`
	ExamCode string `json:"exam_code"`
	BatchID  string `json:"batch_id"`
	Sheet    string `json:"sheet,omitempty"`
	// Rejected is the id of a message that was refused, "" for all other events. Then
	// ExamCode and BatchID are what that message says, each "" if it says nothing that
	// can be right, Sheet is empty and Version 1.
	Rejected string `json:"rejected,omitempty"`
	// To is where it goes: "" is the webhook's receiver, [ToQueue] the result queue. What
	// goes to both is two deliveries, so that neither waits for the other.
	To      string `json:"to,omitempty"`
	Version int    `json:"version"`
	// Attempt counts the tries made before this message; FirstTry is when the
	// first was made or put off, zero before it.
	Attempt  int       `json:"attempt"`
	FirstTry time.Time `json:"first_try,omitzero"`
	// NotBefore is when the next try is due: SQS delays a message by at most 15
	// minutes, so a longer wait takes several messages.
	NotBefore time.Time `json:"not_before,omitzero"`
}

// ToQueue is a [Delivery] to the result queue.
const ToQueue = "queue"

// Exam implements [Message].
func (m *Recognize) Exam() string { return m.ExamCode }

// Exam implements [Message].
func (m *Resolve) Exam() string { return m.ExamCode }

// Exam implements [Message].
func (m *Rematch) Exam() string { return m.ExamCode }

// Exam implements [Message].
func (m *Close) Exam() string { return m.ExamCode }

// Exam implements [Message].
func (m *Cancel) Exam() string { return m.ExamCode }

// Exam implements [Message].
func (m *Fanout) Exam() string { return m.ExamCode }

// Exam implements [Message].
func (m *Sheet) Exam() string { return m.ExamCode }

// Exam implements [Message].
func (m *Finish) Exam() string { return m.ExamCode }

// Exam implements [Message].
func (m *Sweep) Exam() string { return m.ExamCode }

// Exam implements [Message].
func (m *Delivery) Exam() string { return m.ExamCode }
