// The exam as this window knows it: sheets, students, and what follows from them. It
// draws nothing and asks nobody.
import { reason, said, t } from "./words.js";

export const exam = {
  batch: "",
  info: null, // the stream's latest message, without its lists
  students: [],
};

let sheets = new Map(), names = new Map();

export const sheet = (id) => sheets.get(id);
export const nameOf = (student) => names.get(student);
export const knows = (student) => names.has(student);
export const all = () => [...sheets.values()];

// placeOf is the one list that a sheet is in. A verdict that was given counts at once,
// before its result is there.
export function placeOf(s) {
  switch (s.pending) {
    case undefined: case "": break;
    case "undo": return "review";
    case "not_on_roster": return "stranger";
    case "unreadable": return "failed";
    default: return "sure";
  }
  return s.state === "person" ? "sure" : s.state;
}

export const studentOf = (s) => (placeOf(s) === "sure" ? (s.pending && s.pending !== "undo" ? s.pending : s.student) : "");
export const inPlace = (place) => all().filter((s) => place === "all" || placeOf(s) === place);

// The queue has last what another window shows, and before that what was put off here.
const rank = (s) => (isElsewhere(s) ? Infinity : later.get(s.id) ?? 0);
export const queue = () => inPlace("review").sort((a, b) => Math.sign(rank(a) - rank(b)) || a.confidence - b.confidence || a.file.localeCompare(b.file) || (a.id < b.id ? -1 : 1));

// --- Other windows -----------------------------------------------------------------

// thisWindow is its name among those that are open.
export const thisWindow = Array.from(crypto.getRandomValues(new Uint8Array(12)), (n) => (n % 36).toString(36)).join("");

let claims = {}, later = new Map();

// isElsewhere holds for a sheet that another window shows now.
export const isElsewhere = (s) => (claims[s.id] ?? []).some((w) => w !== thisWindow);

// putOff has a sheet asked about after the others.
export function putOff(id) { later.set(id, Math.max(0, ...later.values()) + 1); }
export function putBack(id) { later.delete(id); }

// What was said here, to tell when another person's word has taken its place.
const words = new Map();
let onOverruled = () => {};
export function remember(id, what) { words.set(id, { what, held: false }); }
export function unsay(id) { words.delete(id); }
export function tellOverruled(run) { onOverruled = run; }

const wordOfResult = (s) => (s.state === "person" ? s.student : s.state === "stranger" ? "not_on_roster" : s.state === "failed" && s.reason === "corrected" ? "unreadable" : "");

// overrule looks at the server's news of a sheet that something was said of here.
function overrule(s) {
  const mine = words.get(s.id);
  if (!mine || s.pending === mine.what) return;
  const now = s.pending || wordOfResult(s);
  if (now === mine.what) mine.held = true;
  else if (now && (mine.held || s.pending)) {
    words.delete(s.id);
    onOverruled(s, mine.what);
  }
}
export const taken = (s, student) => all().some((o) => o.id !== s.id && studentOf(o) === student);
export const pending = () => all().some((s) => s.pending);
export const isPerson = (s) => placeOf(s) === "sure" && Boolean(s.pending || s.state === "person");
export const byPerson = (s) => placeOf(s) !== "review" && Boolean(s.pending || s.state === "person" || s.state === "stranger" || s.reason === "corrected");

// others are the other sheets of the student who has several.
export function others(s) {
  const best = s.candidates?.[0]?.id;
  if (s.reason !== "duplicate_student" || !best) return [];
  return all().filter((o) => o.id !== s.id && (studentOf(o) === best || (placeOf(o) === "review" && o.candidates?.[0]?.id === best))).slice(0, 3);
}

export function present() {
  const have = new Map();
  for (const s of sheets.values()) if (studentOf(s)) have.set(studentOf(s), s);
  return have;
}

export function counts() {
  const c = { review: 0, sure: 0, stranger: 0, failed: 0 };
  for (const s of sheets.values()) c[placeOf(s)]++;
  const have = present();
  c.students = exam.students.length;
  c.present = exam.students.filter((st) => have.has(st.id)).length;
  c.absent = c.students - c.present;
  c.all = sheets.size;
  return c;
}

// contradicts says what of a sheet's student a person should look at again.
export function contradicts(s) {
  const id = studentOf(s);
  if (!id) return "";
  if (exam.students.length && !names.has(id)) return t("unknown");
  return taken(s, id) ? t("twice") : "";
}

// contradicting are those sheets, a few of them.
export const contradicting = () => all().filter((s) => contradicts(s)).slice(0, 4);

// --- In words --------------------------------------------------------------------

// Files of one name are told apart by as much of their folders as that takes.
let tails = new Map();

const tail = (s, n) => (n ? (s.folder ?? "").split("/").slice(-n).join("/") + "/" : "") + s.file;

function tellApart() {
  const alike = Map.groupBy(sheets.values(), (s) => s.file);
  tails = new Map();
  for (const [file, list] of alike) {
    const folders = new Set(list.map((s) => s.folder));
    if (folders.size < 2) continue;
    let n = 1;
    while (n < 20 && new Set(list.map((s) => tail(s, n))).size < folders.size) n++;
    tails.set(file, n);
  }
}

const fileOf = (s) => tail(s, s.folder ? tails.get(s.file) ?? 0 : 0);
export const label = (s) => (s.page ? `${fileOf(s)}, ${t("page", { n: s.page })}` : fileOf(s));
export const reasonOf = (s) => [reason(s.reason), said(s.detail)].filter(Boolean).join(": ");
export const named = (student) => [student, names.get(student)].filter(Boolean).join(" ");

// --- News ------------------------------------------------------------------------

// What was said here holds against what the server tells, whose news may be older than
// the last key: until its news is what came of the verdict, or for a few seconds if that
// can't be known, for another worker has taken it.
const HOLD = 5000;
const raw = new Map(), mine = new Map();

// hold shows a sheet as it was said to be; over is called when that ends unconfirmed.
export function hold(id, as, over) {
  clearTimeout(mine.get(id)?.timer);
  mine.set(id, { sheet: as, timer: setTimeout(() => { release(id, raw.get(id)); over(); }, HOLD) });
  sheets.set(id, as);
}

// heldOf is where to note which of the server's news has the verdict, as at.
export const heldOf = (id) => mine.get(id);

export function release(id, as) {
  clearTimeout(mine.get(id)?.timer);
  mine.delete(id);
  if (as) sheets.set(id, as);
}

export function releaseKnown() {
  for (const [id, { at }] of mine) {
    if (at?.watch && at.watch === exam.info?.moment.watch && exam.info.moment.seq >= at.seq) release(id, raw.get(id));
  }
}

// forget is the state before a batch's first news.
export function forget(batch) {
  for (const id of [...mine.keys()]) release(id);
  raw.clear();
  sheets = new Map(); names = new Map();
  claims = {}; later = new Map(); words.clear();
  Object.assign(exam, { batch, info: null, students: [] });
}

// take is what the stream tells: everything, or what has changed.
export function take(m) {
  if (m.whole) {
    sheets = new Map();
    exam.info = null;
  }
  exam.info = { ...exam.info, ...m, started: m.started ?? exam.info?.started };
  if (m.students) {
    exam.students = m.students;
    names = new Map(m.students.map((s) => [s.id, s.name]));
  }
  if (m.claims || m.whole) claims = m.claims ?? {};
  for (const s of m.sheets) {
    raw.set(s.id, s);
    overrule(s);
    sheets.set(s.id, mine.get(s.id)?.sheet ?? s);
  }
  tellApart();
  releaseKnown();
}
