package imagefile

import (
	"errors"
	"image/jpeg"
	"image/png"
	"strings"

	"hakbeon/recognizer/detail"
	"hakbeon/recognizer/imagefile/sandbox"
)

// unreadable makes an ErrUnreadable that says why, in English and Korean.
func unreadable(en, ko string, values ...any) error {
	return detail.New(ErrUnreadable, en, ko, values...)
}

// unsupportedKind refuses what is sound and not read here.
func unsupportedKind(en, ko string) error {
	return unreadable("%[1]s is not supported; save it as JPEG, PNG, TIFF or PDF", "%[2]s은(는) 지원하지 않습니다. JPEG, PNG, TIFF 또는 PDF로 저장해 주세요", en, ko)
}

// Detail says in words for a person, in English and Korean, why a file or a page
// could not be read. It names no file and shows nothing of what is in it.
func Detail(err error) detail.Detail {
	d := detail.Of(err)
	text := err.Error()
	stop, stopped := errors.AsType[*sandbox.StoppedError](err)
	switch {
	case !d.IsZero():
		return d
	case strings.Contains(text, "protected by a password"):
		return detail.Detail{EN: "The PDF is protected by a password: save it without one.", KO: "PDF에 암호가 걸려 있습니다. 암호 없이 저장해 주세요."}
	case isUnsupported(err):
		return detail.Detail{EN: "This kind of JPEG or PNG is not read: save it in the usual way.", KO: "읽을 수 없는 종류의 JPEG 또는 PNG입니다. 일반 형식으로 다시 저장해 주세요."}
	case stopped && stop.Cause != sandbox.Crash:
		return detail.Detail{
			EN: "The file takes too much time or memory to decode: print it to a new PDF, or scan it again as a picture.",
			KO: "파일을 푸는 데 시간이나 메모리가 너무 많이 듭니다. 새 PDF로 인쇄하거나 그림으로 다시 스캔해 주세요.",
		}
	case errors.Is(err, ErrTooLarge):
		return detail.Detail{EN: "The picture has more pixels, pages or bytes than are read: " + last(text) + ".", KO: "그림의 픽셀, 쪽 또는 바이트 수가 읽을 수 있는 한도를 넘습니다."}
	case errors.Is(err, ErrUnreadable):
		return detail.Detail{EN: "The file is broken, or was cut off on its way: scan or upload it again.", KO: "파일이 손상되었거나 전송 중에 잘렸습니다. 다시 스캔하거나 올려 주세요."}
	}
	return detail.Detail{}
}

func isUnsupported(err error) bool {
	var a jpeg.UnsupportedError
	var b png.UnsupportedError
	return errors.As(err, &a) || errors.As(err, &b)
}

// last is what an error says at its end.
func last(text string) string {
	if i := strings.LastIndex(text, ": "); i >= 0 {
		return text[i+2:]
	}
	return text
}
