package synth

import (
	"slices"
	"strings"
	"sync"
)

// familyNames are Korean family names and how many of a thousand people have each.
const familyNames = "김 215 이 147 박 84 최 47 정 43 강 24 조 21 윤 21 장 20 임 17 한 16 오 15 서 15 신 15 권 14 황 14 " +
	"안 14 송 14 류 6 유 10 전 11 홍 11 고 9 문 9 양 9 손 9 배 8 백 8 허 6 남 6 심 5 노 5 하 5 곽 4 성 4 차 4 주 4 우 4 구 4 " +
	"나 3 민 3 진 4 지 3 엄 3 채 3 원 3 천 2 방 2 공 2 현 2 함 2 변 2 염 1 여 1 추 1 도 1 소 1 석 1 선 1 설 1 마 1 길 1 연 1 " +
	"위 1 표 1 명 1 기 1 반 1 왕 1 금 1 옥 1 육 1 인 1 맹 1 제 1 모 1 탁 1 국 1 어 1 은 1 편 1 용 1 예 1 경 1 봉 1 남궁 1 황보 1 제갈 1 선우 1"

// givenFirst and givenLast are syllables of given names, the commonest first, so
// chance falls off along the list.
const (
	givenFirst = "민 지 서 현 준 예 수 재 동 승 정 상 은 성 태 하 영 우 주 유 진 도 다 혜 경 희 소 기 건 시 연 윤 나 채 원 " +
		"규 세 찬 형 종 호 창 병 가 보 선 미 인 효 용 명 대 광 한 의 해 아 슬 새 신 강 근 남 라 문 범 석 솔 양 여 이 일 장 중 철 " +
		"초 충 필 향 홍 화 환 휘 학 완 로 단 빛 별 봄 담 루 온 율 고 교 국 권 금 길 덕 두 란 린 만 무 백 복 산 송 순 애 옥 익 자 " +
		"전 조 천 청 춘 치 택 평 허 황 훈 함 혁 협"
	givenLast = "민 준 우 서 현 진 수 연 영 은 호 훈 지 원 빈 윤 희 아 경 석 재 환 성 규 주 정 인 선 미 혁 찬 린 나 라 철 태 " +
		"욱 용 형 혜 율 하 솔 별 이 기 람 범 식 상 섭 승 열 일 창 한 학 균 근 국 건 빛 슬 비 안 애 양 언 엽 예 오 옥 온 완 웅 유 " +
		"익 임 자 장 전 조 중 채 천 춘 택 필 향 홍 화 휘 흠 평 령 림 란 례 로 루 리 만 명 모 무 문 배 병 보 복 봄 산 삼 새 샘 " +
		"설 세 소 송 순 숙 신 실 심 강 겸 고 곤 관 광 교 구 권 귀 길 남 녕 다 단 달 담 대 덕 도 동 두 득 협 효 늘 결 름"
)

// names are the lists, taken apart.
type names struct {
	families []string
	shares   []float64
	first    []string
	last     []string
}

var koreanNames = sync.OnceValue(func() names {
	var n names
	fields := strings.Fields(familyNames)
	for i := 0; i < len(fields); i += 2 {
		share := 0.0
		for _, c := range fields[i+1] {
			share = 10*share + float64(c-'0')
		}
		n.families, n.shares = append(n.families, fields[i]), append(n.shares, share)
	}
	n.first, n.last = strings.Fields(givenFirst), strings.Fields(givenLast)
	return n
})

// koreanName puts a name together as Koreans are called: of three syllables, seldom
// of two or four.
func koreanName(r random) string {
	n := koreanNames()
	family := n.families[weighted(r, n.shares)]
	if r.chance(0.03) {
		return family + n.last[falling(r, len(n.last))]
	}
	first, last := n.first[falling(r, len(n.first))], n.last[falling(r, len(n.last))]
	for first == last {
		last = n.last[falling(r, len(n.last))]
	}
	return family + first + last
}

// weighted returns an index with a chance in proportion to its share.
func weighted(r random, shares []float64) int {
	sum := 0.0
	for _, s := range shares {
		sum += s
	}
	at := r.Float64() * sum
	for i, s := range shares {
		if at -= s; at < 0 {
			return i
		}
	}
	return len(shares) - 1
}

// falling returns an index below n, a tenth down the list half as often as its head.
func falling(r random, n int) int {
	u := r.Float64()
	return min(n-1, int(float64(n)*u*u*(0.3+0.7*u)))
}

// anySyllables are syllables of any kind, one in ten of those that no name has: the
// network must tell jamo apart, not know names by heart.
func anySyllables(r random) string {
	n := koreanNames()
	var out []rune
	for range pick(r, []int{2, 3, 3, 3, 3, 4}) {
		switch k := r.Float64(); {
		case k < 0.55:
			out = append(out, []rune(n.last[r.IntN(len(n.last))])...)
		case k < 0.8:
			out = append(out, []rune(n.first[r.IntN(len(n.first))])...)
		default:
			out = append(out, anySyllable(r))
		}
	}
	return string(out)
}

// anySyllable joins jamo as they are common in Korean; endings of two consonants are
// left out, for no name has one.
func anySyllable(r random) rune {
	initials := []int{0, 2, 3, 5, 6, 7, 9, 11, 12, 14, 15, 16, 17, 18, 11, 0, 9, 12, 18, 1, 4, 8, 10, 13}
	vowels := []int{0, 0, 1, 2, 4, 4, 5, 6, 7, 8, 8, 9, 11, 12, 13, 13, 14, 16, 17, 18, 19, 20, 20, 10, 15}
	finals := []int{0, 0, 0, 0, 1, 1, 4, 4, 4, 8, 8, 16, 16, 17, 19, 21, 21, 21, 7, 22, 27, 20}
	return rune(0xAC00 + pick(r, initials)*588 + pick(r, vowels)*28 + pick(r, finals))
}

// latinName is a name in Latin letters: a Korean one in a romanisation, or another.
func latinName(r random) string {
	family := strings.Fields("Kim Lee Park Choi Jung Jeong Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Song Yoo Hong " +
		"Nguyen Tran Wang Zhang Chen Li Liu Tanaka Sato Suzuki Smith Johnson Brown Miller Davis Garcia Martin Muller Schmidt Rossi " +
		"Singh Sharma Khan Ali Ivanov Silva Santos Costa Yilmaz Novak Kowalski Petrov Bauer Weber Dubois Moreau")
	syllables := strings.Fields("min ji seo hyun jun ye su jae dong seung jeong sang eun sung tae ha young woo ju yu jin do da hye " +
		"kyung hee so ki gun si yeon yun na chae won gyu se chan ho jong bin ah kyu hwan soo")
	given := strings.Fields("Anna Maria Peter Lukas Emma Noah Olivia Liam Sofia Mateo Elena Marco Julia Felix Laura David Sarah Daniel " +
		"Yuki Hana Ravi Priya Omar Fatima Ivan Olga Pedro Ana Chloe Hugo Wei Mei Jack Emily James Grace Henry Alice Quentin Zoe Xavier")
	first := pick(r, given)
	if r.chance(0.5) {
		a, b := pick(r, syllables), pick(r, syllables)
		first = strings.ToUpper(a[:1]) + a[1:] + pick(r, []string{"", "-", " "}) + b
	}
	parts := []string{first, pick(r, family)}
	if r.chance(0.4) {
		slices.Reverse(parts)
	}
	text := strings.Join(parts, " ")
	if r.chance(0.12) {
		text = strings.ToUpper(text)
	}
	return text
}

// KoreanName invents a person's name, the same for the same seed.
func KoreanName(seed uint64) string { return koreanName(stream(seed, "korean name")) }
