package synth

import (
	"fmt"
	"strings"
)

// newPeople invents n people with different IDs; if near, every second one's ID
// differs in one or two digits from an earlier one's.
func newPeople(r random, n, digits int, near bool) []Person {
	taken := make(map[string]bool, n)
	people := make([]Person, 0, n)
	for len(people) < n {
		id := newID(r, digits)
		if near && len(people)%2 == 1 {
			id = neighbour(r, pick(r, people).ID)
		}
		if taken[id] {
			continue
		}
		taken[id] = true
		people = append(people, Person{id, newName(r)})
	}
	r.Shuffle(n, func(i, j int) { people[i], people[j] = people[j], people[i] })
	return people
}

// newID invents an ID: for 8 digits 32, two digits of a year, four digits, as the
// school of the real sheets has them; for others a year and any digits.
func newID(r random, digits int) string {
	year := 14 + r.IntN(11)
	switch {
	case digits == 8:
		return fmt.Sprintf("32%02d%04d", year, r.IntN(10000))
	case digits > 8:
		return fmt.Sprintf("20%02d%0*d", year, digits-4, r.IntN(pow10(digits-4)))
	}
	return fmt.Sprintf("%0*d", digits, r.IntN(pow10(digits)))
}

func pow10(n int) int {
	p := 1
	for range n {
		p *= 10
	}
	return p
}

// neighbour changes one or two of an ID's last five digits.
func neighbour(r random, id string) string {
	digits := []byte(id)
	for range 1 + r.IntN(2) {
		digits[len(digits)-1-r.IntN(min(5, len(digits)))] = byte('0' + r.IntN(10))
	}
	return string(digits)
}

// newName puts a name together from common syllables.
func newName(r random) string {
	family := strings.Fields("김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황 안 송 류 홍")
	given := strings.Fields("가온 나래 다온 라온 마루 바다 보람 새롬 소담 슬기 아람 예슬 우솔 이든 자람 " +
		"초롱 하늘 하람 한결 해솔 누리 단비 도담 미르 별하 빛나 산들 새벽 시내 여울 은솔 잎새 찬솔 푸름")
	return pick(r, family) + pick(r, given)
}
