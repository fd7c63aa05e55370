// Where the server has what.
import { meta } from "./dom.js";
import { exam } from "./exam.js";

export const code = meta("exam");
const of = (rest) => `review/exams/${code}/${exam.batch}/${rest}`;

export const at = {
  batches: () => `review/exams/${code}/batches`,
  events: () => of("events"),
  verdicts: () => of("verdicts"),
  claims: () => of("claims"),
  erase: () => `review/exams/${code}?confirm=${code}`,
  brought: () => of("brought"),
  roster: () => of("roster"),
  cancel: () => of("cancel"),
  rematch: () => of("rematch"),
  report: () => of("report.xlsx"),
  papers: () => of("papers.zip"),
  papersPDF: () => of("papers.zip?pdf=true"),
  students: () => of("students.csv"),
  crop: (s) => of(`crops/${s.id}?v=${s.version}`),
  marks: (s) => of(`sheets/${s.id}/marks`),
  paper: (s, n) => of(`sheets/${s.id}/pages/${n}`),
  paperFull: (s, n) => of(`sheets/${s.id}/pages/${n}?size=full`),
  part: (s, kind) => of(`sheets/${s.id}/parts/${kind}`),
  told: () => `exams/${code}/deliveries?batch=${encodeURIComponent(exam.batch)}`,
  page: () => `exams/${code}?batch=${encodeURIComponent(exam.batch)}`,
};
