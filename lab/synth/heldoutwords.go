package synth

import "strings"

// heldOutScript: half Korean as the world's, the rest in languages of which all but
// English are none of the world's.
func heldOutScript(r random) script {
	return pick(r, []script{korean, korean, korean, korean, korean, korean, english, english, english, english, taiwanese, italian, portuguese, dutch, ukrainian})
}

// heldOutTongue returns what held-out forms say: no label here is one of the world's.
func heldOutTongue(s script) tongue {
	switch s {
	case korean:
		return tongue{
			ids: lines("수험번호|수험 번호 :|등록번호|응시번호|학적번호|고유번호|수험번호(Candidate No.)"), names: lines("응시자|응시자 성명|작성자|학생 이름|본인 성함|한글 이름"),
			others: lines("계열|단과대학|시험 일시|교실|감독관|이수 구분|채점|취득 점수|연락처|서명|생년월일"),
			tasks:  lines("총괄 평가|응시자 유의사항|논술형 문항|서약서|제1교시|이산수학 쪽지시험|일반물리 정기평가|필기 평가지|모든 풀이를 서술할 것"),
			words:  strings.Fields("아래 글을 읽고 물음에 답하라 제시된 자료 바탕 으로 논하라 집합 명제 관계 순열 조합 점화식 귀납법 증명 과정 회로 파동 전자기 열역학 온도 압력 부피 물질 반응 세포 유전 생태계 진화 헌법 판례 계약 행정 심리 발달 학습 이론 조직 전략 회계 자산 부채 자본 비용 수익 표본 추정 가설 검정 유의 수준 회귀 모형 설계 구현 검사 서술하라 약술하라 제출 금지 허용 범위 이내 이상 미만 초과"),
		}
	case taiwanese:
		return tongue{
			ids: lines("學號|准考證號碼|學生編號|座號及學號"), names: lines("姓名欄|學生姓名|考生"), others: lines("系級|科目|得分|日期|教師|簽名"), joined: true,
			tasks: lines("期中考試|試題紙|是非題|簡答題|注意事項|請勿翻頁"),
			words: strings.Split("請將答案寫在下列空格內本題共有五小每分數計算過程必須列出若為則之和差積商圖表所示電壓流力學熱光波動物質反應細胞社會歷史文化經濟市場價格語言問題解釋說明", ""),
		}
	case italian:
		return tongue{
			ids: lines("Matricola|N. matricola:|Numero di matricola"), names: lines("Cognome e nome|Cognome|Candidato"), others: lines("Data|Corso|Voto|Firma|Aula|Docente"),
			tasks: lines("Prova scritta|Esercizio 2|Rispondere a tutte le domande|Tempo: 2 ore|Esame di Analisi"),
			words: strings.Fields("il lo la gli le di a da in con su per tra un una che non si come anche più quando dove perché funzione insieme numero calcolare dimostrare sia dato punto retta forza energia velocità società storia mercato prezzo lingua spiegare ogni due esempi domanda risposta è così"),
		}
	case portuguese:
		return tongue{
			ids: lines("RA:|Nº de matrícula|Registro acadêmico|Nº mecanográfico"), names: lines("Nome completo|Aluno(a):|Estudante"), others: lines("Turma|Data|Disciplina|Professor|Valor|Assinatura"),
			tasks: lines("Prova bimestral|Questão 3|Leia com atenção|Boa prova!|Duração: 100 minutos"),
			words: strings.Fields("o a os as de em um uma para com não que se por mais como mas ao ele das à seu sua ou quando muito nos já eu também só pelo pela até isso função conjunto número valor demonstre calcule seja ponto reta força energia sociedade história mercado preço língua explique cada dois exemplos questão resposta"), //nolint:misspell // Portuguese
		}
	case dutch:
		return tongue{
			ids: lines("Studentnummer|Studentnr.|Leerlingnummer"), names: lines("Naam student|Achternaam|Voornaam + achternaam"), others: lines("Datum|Vak|Cijfer|Docent|Groep|Handtekening"),
			tasks: lines("Tentamen|Opgave 2|Beantwoord alle vragen|Veel succes|Tijdsduur 2 uur"),
			words: strings.Fields("de het een en van in is dat op te zijn met voor niet aan er om ook als dan maar bij nog uit kan naar heeft hun ze wordt functie verzameling getal bereken bewijs zij gegeven punt lijn kracht energie snelheid maatschappij geschiedenis markt prijs taal leg uit elk twee voorbeelden vraag antwoord"),
		}
	case ukrainian:
		return tongue{
			ids: lines("Номер заліковки|№ квитка|Код студента"), names: lines("Прізвище|Студент"), others: lines("Дата|Група|Оцінка|Предмет|Підпис"),
			tasks: lines("Контрольна робота|Завдання 2|Час: 80 хвилин|Дайте відповіді"),
			words: strings.Fields("та в не на що з до це як для знайти функція значення задача розв дано граф дерево масив сила маса час питання число точка пряма держава ринок мова культура опишіть поясніть чому кожен два три приклади або при"),
		}
	default:
		return tongue{
			ids:   lines("Candidate No.|Registration number|Enrolment no.|Index number|Exam number:|Learner reference|Your reference number"),
			names: lines("Candidate|Print your name here|Student (family name, given name)|Learner|Family name"), others: lines("Centre|Paper|Invigilator|Marks|Tutor group|Semester|Module|Desk|Signed|Date of birth"),
			tasks: lines("Paper 2: Written|Candidate declaration|Information for candidates|Section B|Written Assessment|Organic Chemistry I|End-of-term test|Turn over|Answer in the spaces provided"),
			words: strings.Fields("read each passage carefully before you begin candidates should attempt every part marks are shown in brackets molecule reaction enzyme cell membrane gene species habitat reactor pressure volume temperature heat wave circuit induction field theorem lemma integer prime modulus sequence limit series integral derivative contract tort statute court evidence policy theory method sample survey bias revenue asset liability capital budget poem stanza narrator theme chapter character conflict discuss evaluate outline justify state your reasons fully"),
		}
	}
}
