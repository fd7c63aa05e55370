package synth

import "strings"

// script is the language that a form is printed in.
type script int

const (
	korean script = iota
	english
	chinese
	japanese
	russian
	german
	french
	spanish

	// Of held-out forms only.
	taiwanese
	italian
	portuguese
	dutch
	ukrainian
)

// tongue is what a form in one language says.
type tongue struct {
	ids, names, others []string // labels
	tasks              []string // instructions, headings
	words              []string // running text
	joined             bool     // words follow each other without spaces
}

// tongueOf returns the words of the world's forms in a language.
func tongueOf(s script) tongue {
	switch s {
	case korean:
		return koreanTongue()
	case chinese:
		return chineseTongue()
	case japanese:
		return japaneseTongue()
	case russian:
		return russianTongue()
	case german:
		return germanTongue()
	case french:
		return frenchTongue()
	case spanish:
		return spanishTongue()
	case taiwanese, italian, portuguese, dutch, ukrainian:
		return heldOutTongue(s)
	default:
		return englishTongue()
	}
}

// anyScript: half of the forms are Korean, as most of our users' are; the finder has
// to see enough of every other script not to take its print for handwriting.
func anyScript(r random) script {
	return pick(r, []script{
		korean, korean, korean, korean, korean, korean, korean, korean, korean, english, english, english, english,
		english, english, english, chinese, japanese, russian, german, french, spanish,
	})
}

func lines(text string) []string { return strings.Split(strings.TrimSpace(text), "|") }

func koreanTongue() tongue {
	return tongue{
		ids:    lines("학번|학번 :|학번:|학 번|학번(8자리)|학생번호|학번 / ID|학번 (Student ID)|번호|학번을 쓰시오|학 번 :|ID"),
		names:  lines("이름|이름 :|성명|성 명|이름:|성명 :|이름 (Name)|성명(한글)"),
		others: lines("학과|전공|과목|분반|날짜|점수|교수|학년|전화|과목명|담당교수|소속|감독 확인|고사실|좌석|총점|제출일|반|확인"),
		tasks:  lines("다음 물음에 답하시오|답안은 검은색 볼펜으로 쓰시오|계산 과정을 모두 쓰시오|옳은 것을 고르시오|주의 사항|중간고사|기말고사 답안지|수강 과목 및 응시 정보|빈칸을 채우시오|아래 표를 완성하시오|시험 시간 75분|부정행위 적발 시 0점 처리|문제지 총 4쪽|인공지능 중간고사|자료구조 기말시험|확률과 통계"),
		words: strings.Fields("다음 중 옳은 것을 모두 고르시오 문제 답 점수 학생 시험 계산 과정 함수 의 값을 구하고 설명 하라 주어진 조건 에서 최대 최소 그래프 노드 트리 " +
			"확률 분포 평균 분산 행렬 벡터 공간 증명 하시오 단 는 이다 아니다 경우 이유 각각 서술 풀이 배열 정렬 알고리즘 시간 복잡도 전류 전압 저항 에너지 운동 속도 가속도 질량 " +
			"사회 역사 문화 경제 시장 수요 공급 가격 기업 정부 정책 인간 언어 문학 작품 작가 시대 배경 특징 비교 하여 쓰시오 위 아래 그림 표 참고 보기 를 이용하여 또는 그리고 따라서"),
	}
}

func englishTongue() tongue {
	return tongue{
		ids:    lines("ID|Student ID|Student ID:|ID number:|Student Number|RIN:|UID|Matric No.|ID #|Enter your student number|Roll No.|Write your ID number in the boxes|Student number (9 digits):|ID NO.|Student No."), //nolint:dupword // labels of forms
		names:  lines("Name|Name:|NAME|Full name:|Last name|Surname:|Name (print):|First and last name|Your name"),
		others: lines("Date:|Section|Course:|Score|Seat No.|Phone:|Class|Signature:|Room|Exam code|Department|Instructor:|Major|Year|Total|Grade|TA|Points"),
		tasks:  lines("Answer all questions|Show your work|Midterm Examination|Final Exam|Do not open this booklet|Closed book, 75 minutes|Quiz 3|Introduction to Algorithms|Write legibly|Multiple choice|Fill in the blanks|Problem 2|Instructions|Page 1 of 8|Answer Sheet|For official use only|Test 1 - Data Structures"),
		words: strings.Fields("the of and a to in is that for it as with be on by this are or from at an which if not can has each its let show find prove give all value function " +
			"graph node set number time following statement true false point answer question explain why consider suppose given compute using matrix vector space linear map algorithm running " +
			"probability random variable mean variance expected tree edge path weight shortest cost input output model data class object method return array list sorted energy force mass " +
			"velocity current voltage resistance history society market price demand supply language culture describe briefly your own words must contain at least two examples"),
	}
}

func chineseTongue() tongue {
	return tongue{
		ids: lines("学号|学号:|考号|准考证号|学生证号|学号："), names: lines("姓名|姓名:|姓 名|考生姓名"),
		others: lines("日期|分数|科目|电话|班级|专业|学院|总分|座位号"), joined: true,
		tasks: lines("期末考试试卷|选择题|填空题|计算题|请在答题卡上作答|考试时间120分钟|注意事项|共四页"),
		words: strings.Split("的一是不了人在有我他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生学号姓名班级考试题答案分数选择下列函数正确错误计算证明求解图中所示已知则若设值点线面体电流力速度能量社会历史经济市场价格文化语言", ""),
	}
}

func japaneseTongue() tongue {
	return tongue{
		ids: lines("学籍番号|受験番号|学生番号|学籍番号:|番号"), names: lines("氏名|氏名:|名前|フリガナ"),
		others: lines("日付|点数|科目|電話|学部|学科|学年|組|担当"), joined: true,
		tasks: lines("次の問いに答えよ|解答用紙|期末試験|計算過程も書くこと|正しいものを選べ|注意事項|持込不可"),
		words: strings.Split("のはをにがとでもしたするこれらからまでより次問題解答用紙番号氏名計算式関数値求証明図表示正しい選択理由説明文章読電流電圧力速度質量社会歴史経済市場価格文化言語時間点数試験学部科目年月日", ""),
	}
}

func russianTongue() tongue {
	return tongue{
		ids: lines("номер|ИД:|Зачетка №|Номер студента|Шифр"), names: lines("Имя:|Фамилия|ФИО|Фамилия, имя"),
		others: lines("Дата:|Группа|Балл|Курс|Телефон|Предмет|Подпись"),
		tasks:  lines("Ответьте на вопросы|Экзаменационная работа|Решите задачи|Вариант 4|Контрольная работа|Время 90 минут"),
		words:  strings.Fields("и в не на что с по это как для найти функция значение задача решение докажите если то пусть дано график дерево массив сила масса скорость ток время вопрос ответ число точка прямая общество история рынок цена язык культура опишите объясните почему каждый все два три примера"),
	}
}

func germanTongue() tongue {
	return tongue{
		ids: lines("Matrikelnummer|Matrikelnr.:|Matrikel-Nr.|Kennnummer"), names: lines("Name:|Name, Vorname|Nachname|Vorname"),
		others: lines("Datum:|Studiengang|Punkte|Unterschrift|Raum|Platz|Note|Semester"),
		tasks:  lines("Klausur zur Vorlesung|Aufgabe 1|Beantworten Sie alle Fragen|Hilfsmittel: keine|Bearbeitungszeit 90 Minuten|Viel Erfolg!"),
		words:  strings.Fields("der die das und ist in zu den mit von für auf ein eine nicht sich als auch es an werden aus er dass sie nach bei um am sind noch wie einem über so zum Funktion Menge Zahl Beweis zeigen berechnen gegeben Sei Größe Lösung Aufgabe Punkt Länge Gerade Fläche Maß Kraft Strom Spannung Geschichte Gesellschaft Sprache erklären Sie kurz warum"),
	}
}

func frenchTongue() tongue {
	return tongue{
		ids: lines("N° d'étudiant|Numéro étudiant :|Matricule|N° candidat"), names: lines("Nom :|Nom et prénom|Prénom|NOM"),
		others: lines("Date :|Groupe|Note|Classe|Signature|Salle|Filière"),
		tasks:  lines("Répondez aux questions|Examen final|Exercice 1|Durée : 2 heures|Documents non autorisés|Contrôle continu"),
		words:  strings.Fields("le la les de des et en un une est que dans pour par sur avec ce qui il au plus ne pas soit montrer que calculer fonction ensemble nombre réel suite limite droite énergie vitesse société histoire marché prix langue expliquer pourquoi donnée problème réponse théorème élève même où être"),
	}
}

func spanishTongue() tongue {
	return tongue{
		ids: lines("Matrícula|Número de estudiante|Nº de alumno|DNI:|Código"), names: lines("Nombre:|Nombre y apellidos|Apellidos"),
		others: lines("Fecha:|Grupo|Nota|Curso|Firma|Aula|Teléfono"),
		tasks:  lines("Responda a las preguntas|Examen final|Ejercicio 1|Duración: 2 horas|Prueba parcial|Instrucciones"),
		words:  strings.Fields("el la de que y en un ser se no por con su para como estar tener lo todo pero más hacer o poder decir este función conjunto número valor demostrar calcular sea punto recta energía fuerza sociedad historia mercado precio lengua explique por qué cada dos ejemplos pregunta respuesta árbol nodo tiempo"), //nolint:misspell // Spanish
	}
}

// handWords invents a few written words.
func handWords(r random, s script) string {
	t := tongueOf(s)
	if s == korean || r.chance(0.3) {
		t.words, t.joined = words(), false
	}
	between := " "
	if t.joined {
		between = ""
	}
	out := []string{pick(r, t.words)}
	for range r.IntN(6) {
		out = append(out, pick(r, t.words))
	}
	return strings.Join(out, between)
}

// nameIn invents a person's name as people write it in a language.
func nameIn(r random, s script) string {
	switch s {
	case korean:
		return newName(r)
	case chinese, japanese, taiwanese:
		return pick(r, strings.Split("王李張刘陈杨赵黄周吴田山佐木高林中川", "")) +
			pick(r, strings.Split("伟芳娜秀敏静丽强磊军洋勇艳杰明子美一太", "")) + pick(r, []string{"", pick(r, strings.Split("华平国文生海花", ""))})
	case russian, ukrainian:
		return pick(r, strings.Fields("Иванов Петрова Смирнов Орлова Лебедев Котова")) + " " + pick(r, strings.Fields("Анна Олег Ирина Павел Нина Лев"))
	default:
	}
	return pick(r, strings.Fields("Anna Ben Clara David Emma Felix Grace Hugo Iris Jon Kim Lena Max Nora Omar Pia Quinn Rosa Sam Tina Minjun Seoyeon Jiho Wei")) + " " +
		pick(r, strings.Fields("Adams Brown Clark Diaz Evans Fischer Garcia Hill Ito Jones Kim Lee Meyer Novak Olsen Park Reed Silva Tanaka Ueda Wagner Young Zhang Choi"))
}
