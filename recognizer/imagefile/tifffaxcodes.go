package imagefile

import (
	"sync"

	"hakbeon/recognizer/imagefile/t4"
)

// faxBits is the length of the longest code.
const faxBits = 13

// faxTable gives what each code means, by the bits that begin with it.
type faxTable [1 << faxBits]faxMeaning

// faxMeaning is a run or a mode, and how many bits say so; 0 for no code.
type faxMeaning struct{ value, bits int16 }

type faxTables struct{ white, black, modes *faxTable }

// faxCodes makes the tables when the first page needs them.
var faxCodes = sync.OnceValue(func() faxTables {
	return faxTables{white: newFaxTable(t4.White()), black: newFaxTable(t4.Black()), modes: newFaxTable(t4.Modes())}
})

func newFaxTable(codes []t4.Code) *faxTable {
	t := &faxTable{}
	for _, c := range codes {
		t.add(c.Bits, c.Value)
	}
	return t
}

func (t *faxTable) add(code string, value int) {
	from := 0
	for _, bit := range code {
		from = from<<1 | int(bit-'0')
	}
	rest := faxBits - len(code)
	for i := from << rest; i < (from+1)<<rest; i++ {
		t[i] = faxMeaning{int16(value), int16(len(code))}
	}
}
