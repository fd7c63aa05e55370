package sqslocal_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/lab/sqslocal"
)

// model is what a queue's owner must be able to rely on, told as plainly as
// possible: every message has a time from which it may be received, and the
// handle of its last receive.
type model struct {
	*box

	fifo     bool
	random   *rand.Rand
	messages map[string]*modelled // by body; what isn't deleted
	sent     int
	handles  []types.Message // all that were ever received
}

type modelled struct {
	number   int
	group    string
	ready    time.Time // may be received from then on
	received bool
	handle   string // of the last receive
}

// hidden tells whether the message is in flight.
func (m *modelled) hidden() bool { return m.received && time.Now().Before(m.ready) }

// TestRandomOperations does random things to a queue, hours of them in virtual time,
// and compares with the model after each.
func TestRandomOperations(t *testing.T) {
	for _, name := range []string{"q", "q.fifo"} {
		for seed := range uint64(8) {
			t.Run(fmt.Sprint(name, seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m := &model{
						box: newBox(t, sqslocal.Options{}, name, nil), fifo: strings.HasSuffix(name, ".fifo"),
						random: rand.New(rand.NewPCG(seed, 0)), messages: map[string]*modelled{},
					}
					for range 300 {
						m.step()
						m.checkCounts()
					}
					m.drain()
				})
			})
		}
	}
}

func (m *model) step() {
	switch m.random.IntN(10) {
	case 0, 1, 2:
		m.sendOne()
	case 3, 4, 5:
		m.receiveSome()
	case 6, 7:
		m.deleteOne()
	case 8:
		m.hideOne()
	default:
		time.Sleep(time.Duration(m.random.IntN(25)) * time.Second)
	}
}

func (m *model) sendOne() {
	body := strconv.Itoa(m.sent)
	group := fmt.Sprint("g", m.random.IntN(4))
	m.messages[body] = &modelled{number: m.sent, group: group}
	m.sent++
	m.send(body, group)
}

func (m *model) receiveSome() {
	visibility := int32(1 + m.random.IntN(40))
	got, err := m.poll(int32(1+m.random.IntN(10)), visibility, 0)
	if err != nil {
		m.Fatalf("receive: %v", err)
	}
	if len(got) == 0 && m.deliverable() > 0 {
		m.Errorf("received nothing with %d messages deliverable", m.deliverable())
	}
	if m.fifo {
		m.checkFIFO(got)
	}
	for _, r := range got {
		known := m.messages[*r.Body]
		if known == nil || known.hidden() {
			m.Fatalf("received %s, which is deleted or hidden", *r.Body)
		}
		known.received, known.handle = true, *r.ReceiptHandle
		known.ready = time.Now().Add(time.Duration(visibility) * time.Second)
		m.handles = append(m.handles, r)
	}
}

// deliverable counts what must come when asked for.
func (m *model) deliverable() int {
	n := 0
	for _, known := range m.messages {
		if !known.hidden() && (!m.fifo || !m.blocked(known.group)) {
			n++
		}
	}
	return n
}

func (m *model) blocked(group string) bool {
	for _, known := range m.messages {
		if known.group == group && known.hidden() {
			return true
		}
	}
	return false
}

// checkFIFO checks that each group comes from its oldest message on, without a gap.
func (m *model) checkFIFO(got []types.Message) {
	m.Helper()
	next := map[string]int{}
	for _, r := range got {
		known := m.messages[*r.Body]
		if known == nil || m.blocked(known.group) {
			m.Fatalf("received %s, of a group that has a message in flight", *r.Body)
		}
		for _, other := range m.messages {
			if other.group == known.group && other.number < known.number && other.number >= next[known.group] {
				m.Errorf("received %d before %d of the same group", known.number, other.number)
			}
		}
		next[known.group] = known.number + 1
	}
}

// deleteOne deletes by any handle that ever was, mostly a late one.
func (m *model) deleteOne() {
	r, known := m.anyHandle()
	if r == nil {
		return
	}
	err := m.delete(*r)
	switch {
	case known == nil:
		if err != nil {
			m.Errorf("delete what is deleted: %v", err)
		}
	case m.fifo && (known.handle != *r.ReceiptHandle || !known.hidden()):
		wantCode(m, "delete with an expired handle", err, "InvalidParameterValue")
	case err != nil:
		m.Errorf("delete: %v", err)
	case known.handle == *r.ReceiptHandle:
		delete(m.messages, *r.Body)
	}
}

// hideOne changes visibility by any handle that ever was.
func (m *model) hideOne() {
	r, known := m.anyHandle()
	if r == nil {
		return
	}
	visibility := int32(m.random.IntN(40))
	err := m.hide(*r, visibility)
	switch {
	case known == nil || known.handle != *r.ReceiptHandle:
		wantCode(m, "change visibility with an old handle", err, "InvalidParameterValue")
	case !known.hidden():
		wantCode(m, "change visibility of a visible message", err, "AWS.SimpleQueueService.MessageNotInflight")
	case err != nil:
		m.Errorf("change visibility: %v", err)
	default:
		known.ready = time.Now().Add(time.Duration(visibility) * time.Second)
	}
}

func (m *model) anyHandle() (*types.Message, *modelled) {
	if len(m.handles) == 0 {
		return nil, nil
	}
	r := &m.handles[len(m.handles)-1-m.random.IntN(min(len(m.handles), 12))]
	return r, m.messages[*r.Body]
}

func (m *model) checkCounts() {
	m.Helper()
	hidden := 0
	for _, known := range m.messages {
		if known.hidden() {
			hidden++
		}
	}
	if got, want := m.counts(), fmt.Sprintf("%d %d 0", len(m.messages)-hidden, hidden); got != want {
		m.Fatalf("counts: got %q, want %q", got, want)
	}
}

// drain receives and deletes all that is left.
func (m *model) drain() {
	for len(m.messages) > 0 {
		got, err := m.poll(10, 600, 20)
		if err != nil {
			m.Fatalf("receive: %v", err)
		}
		for _, r := range got {
			if err := m.delete(r); err != nil || m.messages[*r.Body] == nil {
				m.Fatalf("delete %s: %v", *r.Body, err)
			}
			delete(m.messages, *r.Body)
		}
	}
	m.checkCounts()
}
