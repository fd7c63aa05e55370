// What was read on a sheet, digit by digit, and how a student's ID differs from it.
import { el } from "./dom.js";
import { exam, nameOf } from "./exam.js";
import { percent, t } from "./words.js";

// A candidate below this would be shown as 0.0 %: what differs says more.
const NOTHING = 0.0005;
const NEAREST = 3;
// UNREAD is the probability of a digit that isn't among those that are told.
const UNREAD = 0.001;

// candidatesOf are those to choose from: the reader's, or, if it believes in none, the
// nearest on the roster.
export function candidatesOf(s) {
  const list = s.candidates ?? [];
  if (list.some((c) => c.p >= NOTHING)) return list;
  return nearest(s);
}

export const isNearest = (s) => candidatesOf(s).length > 0 && candidatesOf(s).every((c) => c.p < NOTHING);

// read are the digits of the ID: none where no ID was found, for what was read then is
// something else.
const read = (s) => (s.reason === "no_id_found" ? [] : s.digits ?? []);

let ranked = { digits: null, students: null, list: [] };
function nearest(s) {
  if (!read(s).length) return [];
  if (ranked.digits !== s.digits || ranked.students !== exam.students) {
    const list = exam.students.map((st) => ({ id: st.id, p: 0, cost: cost(s.digits, st.id) })).filter((c) => c.cost < Infinity);
    list.sort((a, b) => a.cost - b.cost || (a.id < b.id ? -1 : 1));
    ranked = { digits: s.digits, students: exam.students, list: list.slice(0, NEAREST) };
  }
  return ranked.list;
}

const digitsOf = (id) => [...id].filter((c) => c >= "0" && c <= "9");

// cost is how unlikely the digits make an ID of as many; Infinity for others.
function cost(digits, id) {
  const own = digitsOf(id);
  if (own.length !== digits.length) return Infinity;
  return digits.reduce((sum, d, i) => sum - Math.log(of(d, own[i])), 0);
}

const of = (d, digit) => Math.max(UNREAD, d.read === digit ? d.conf : d.others?.find((o) => o.read === digit)?.conf ?? 0);

// match says of each sign of an ID whether it was read so. IDs of another length are laid
// on what was read as well as they go.
function match(s, id) {
  const was = read(s).map((d) => d.read);
  const own = [...id], digits = digitsOf(id);
  if (!was.length) return own.map(() => true);
  const same = was.length === digits.length ? digits.map((d, i) => d === was[i]) : common(digits, was);
  let at = 0;
  return own.map((c) => (c >= "0" && c <= "9" ? same[at++] : true));
}

// common marks the signs of a that are in the longest subsequence of both.
function common(a, b) {
  const best = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) best[i][j] = a[i] === b[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
  }
  const same = a.map(() => false);
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) { same[i] = true; i++; j++; }
    else if (best[i + 1][j] >= best[i][j + 1]) i++;
    else j++;
  }
  return same;
}

// differing says how many digits of a candidate differ; "" for one that is likely
// enough to be told by its probability.
export function differing(s, c) {
  if (c.p >= NOTHING || !read(s).length) return "";
  const n = match(s, c.id).filter((same) => !same).length;
  return t(n === 1 ? "differsOne" : "differs", { n });
}

export const chance = (s, c) => differing(s, c) || percent(c.p);

// spelt is a student's ID with the digits marked that were not read so.
export function spelt(s, id) {
  const same = match(s, id);
  return el("span", { class: "who" }, ...[...id].map((c, i) => (same[i] ? c : el("mark", {}, c))));
}

// digits is what was read, place by place, with what else it may be where that is in
// doubt.
export function digits(s) {
  if (!read(s).length) return null;
  return el("div", { class: "read" },
    el("h3", { id: "read" }, t("read")),
    el("ol", { class: "digits", "aria-labelledby": "read" }, ...read(s).map((d) => el("li", { class: d.doubtful ? "doubt" : "" },
      el("b", {}, d.read), d.doubtful ? el("span", { class: "hidden" }, t("inDoubt", { p: percent(d.conf) })) : null,
      ...(d.doubtful ? d.others ?? [] : []).map((o) => el("small", {}, el("span", { class: "hidden" }, t("or")), `${o.read} `, el("i", {}, `${Math.round(o.conf * 100)}%`)))))),
    nameSaid(s));
}

function nameSaid(s) {
  const first = s.candidates?.[0]?.id;
  if (!s.name || !first || isNearest(s)) return null;
  return el("p", { class: "name" }, t("name_" + s.name, { name: nameOf(first) ?? first }));
}
