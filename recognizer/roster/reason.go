package roster

import "hakbeon/recognizer/detail"

// reason is why a row was not counted as a student of its own.
type reason int

const (
	reasonNone reason = iota
	reasonTotal
	reasonNoID
	reasonFormula
	reasonCut
	reasonNotAnID
	reasonNoDigit
	reasonFraction
	reasonInexact
)

// says is the reason in words for a person.
func (r reason) says() detail.Detail {
	switch r {
	case reasonTotal:
		return detail.Detail{EN: "a total, not a student", KO: "합계 행이며 학생이 아님"}
	case reasonNoID:
		return detail.Detail{EN: "no student ID", KO: "학번이 없음"}
	case reasonFormula:
		return detail.Detail{
			EN: "a formula without its value; open the file in a spreadsheet program and save it again",
			KO: "값이 저장되지 않은 수식. 스프레드시트 프로그램에서 열어 다시 저장해 주세요",
		}
	case reasonCut:
		return detail.Detail{
			EN: "a number that a spreadsheet program has cut; make the column text, or save as .xlsx",
			KO: "스프레드시트 프로그램이 잘라 낸 숫자. 열을 텍스트로 바꾸거나 .xlsx로 저장해 주세요",
		}
	case reasonNoDigit:
		return detail.Detail{EN: "not a student ID: no digit in it", KO: "학번이 아님: 숫자가 없음"}
	case reasonFraction:
		return detail.Detail{EN: "not a student ID: a number with decimals or a sign", KO: "학번이 아님: 소수 또는 음수"}
	case reasonInexact:
		return detail.Detail{
			EN: "a number of more than 15 digits, which spreadsheets round; make the column text and enter it again",
			KO: "15자리가 넘어 스프레드시트가 반올림한 숫자. 열을 텍스트로 바꾸고 다시 입력해 주세요",
		}
	case reasonNotAnID:
		return detail.Detail{
			EN: "not a student ID: only letters, digits and hyphens, at most 32",
			KO: "학번이 아님: 영문자, 숫자, 하이픈만 32자까지",
		}
	}
	return detail.Detail{}
}
