package roster

import (
	"bytes"
	"unicode/utf16"
)

// kind is what a file's content shows it to be, in English and Korean.
type kind struct{ en, ko string }

var (
	kindEmpty    = kind{}
	kindWorkbook = kind{"an .xlsx workbook", ".xlsx 파일"}
	kindOld      = kind{"an old .xls workbook", "옛 .xls 파일"}
	kindMarkup   = kind{"a web page or XML", "웹 페이지 또는 XML"}
	kindText     = kind{"a text", "텍스트"}
	kindLocked   = kind{"a workbook with a password", "암호가 걸린 통합 문서"}

	// Those that are refused.
	kindPDF     = kind{"a PDF", "PDF"}
	kindXLSB    = kind{"an .xlsb workbook", ".xlsb 파일"}
	kindODS     = kind{"an OpenDocument (.ods) spreadsheet", "OpenDocument(.ods) 스프레드시트"}
	kindNumbers = kind{"a Numbers document", "Numbers 문서"}
	kindZip     = kind{"a zip archive without a workbook", "통합 문서가 없는 zip 파일"}
	kindMHTML   = kind{"a web archive (.mht)", "웹 보관 파일(.mht)"}
	kindBefore  = kind{"a workbook of Excel 4 or older", "Excel 4 이하의 통합 문서"}
	kindOffice  = kind{"an old Office document without a workbook", "통합 문서가 없는 옛 Office 문서"}
	kindHWP     = kind{"a Hangul (.hwp) document", "한글(.hwp) 문서"}
	kindOther   = kind{"no spreadsheet that is known here", "알 수 없는 형식"}
)

func refuse(k kind) error {
	return malformed("it is %[1]s, not a spreadsheet or .csv file that is read here; open it in a spreadsheet program and save it as .xlsx",
		"%[2]s입니다. 여기서 읽는 스프레드시트나 .csv가 아니므로, 스프레드시트 프로그램에서 열어 .xlsx로 저장해 주세요", k.en, k.ko)
}

var compoundMagic = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

// kindOf tells apart by content what people upload as a roster. Names are not
// asked: portals serve HTML and CSV as "roster.xls".
func kindOf(data []byte) kind {
	head := data[:min(len(data), 4096)]
	switch {
	case len(data) == 0:
		return kindEmpty
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return kindWorkbook
	case bytes.HasPrefix(head, compoundMagic):
		return kindOfCompound(data)
	case bytes.HasPrefix(head, []byte("\x09\x08")):
		return kindOld // without the wrapper of a compound file
	case bytes.HasPrefix(head, []byte("\x09\x04\x06\x00")), bytes.HasPrefix(head, []byte("\x09\x02\x06\x00")), bytes.HasPrefix(head, []byte("\x09\x00\x04\x00")):
		return kindBefore
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return kindPDF
	case bytes.HasPrefix(head, []byte("MIME-Version:")):
		return kindMHTML
	}
	text := plainHead(head)
	switch {
	case text == nil:
		return kindOther
	case bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")):
		return kindMarkup
	}
	return kindText
}

// kindOfCompound tells an old .xls from an .xlsx that is wrapped because it has a
// password, and from documents that are no workbooks.
func kindOfCompound(data []byte) kind {
	switch {
	case bytes.Contains(data, utf16LE("EncryptedPackage")):
		return kindLocked
	case bytes.Contains(data, []byte("HWP Document File")):
		return kindHWP
	}
	return kindOld
}

func utf16LE(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// plainHead is the head of a text as single bytes; nil if it is no text. It holds
// for UTF-8, UTF-16 with and without a mark, and the legacy encodings of East Asia:
// none of them has control bytes other than white space.
func plainHead(head []byte) []byte {
	head = bytes.TrimPrefix(head, []byte("\ufeff"))
	if order := utf16Order(head); order != nil {
		text := make([]byte, 0, len(head)/2)
		for ; len(head) >= 2; head = head[2:] {
			if u := order.Uint16(head); u < 0x80 {
				text = append(text, byte(u))
			} else if u != 0xfeff {
				text = append(text, 'x')
			}
		}
		head = text
	}
	for _, c := range head {
		if c < 0x20 && !bytes.Contains(textControls, []byte{c}) {
			return nil
		}
	}
	return head
}

// textControls are the control bytes that stand in texts: white space, the
// separators of old databases, and the mark that DOS ended files with.
var textControls = []byte("\t\n\v\f\r\x1a\x1c\x1d\x1e\x1f")
