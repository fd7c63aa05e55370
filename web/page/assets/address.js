// Where the server has what.
import { meta } from "./dom.js";
import { exam } from "./exam.js";

export const code = meta("exam");
const of = (rest) => `/review/exams/${code}/${exam.batch}/${rest}`;

export const at = {
  batches: () => `/review/exams/${code}/batches`,
  events: () => of("events"),
  verdicts: () => of("verdicts"),
  report: () => of("report.xlsx"),
  crop: (s) => of(`crops/${s.id}?v=${s.version}`),
  page: () => `/exams/${code}?batch=${encodeURIComponent(exam.batch)}`,
};
