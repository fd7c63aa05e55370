// What a key, or a click on its button, means for a sheet. A wrong student is the worst
// that can happen, and digits may be those of an ID: what can't have been meant, or
// hardly, has to be said twice.
import { $, announce, focusMain } from "./dom.js";
import { taken } from "./exam.js";
import { candidatesOf, differing } from "./reading.js";
import { HASTE, hasty, say, undo, wordOf } from "./verdicts.js";
import { redraw, view } from "./view.js";
import { percent, t } from "./words.js";

// UNLIKELY candidates are no reader's idea: somebody may have meant an ID's digit.
const UNLIKELY = 0.01;

export const isDigit = (key) => key.length === 1 && key >= "0" && key <= "9";

// ANSWERS are the keys that settle a sheet.
export const ANSWERS = ["1", "2", "3", "0", "x"];

// answerOf is what a key says of a sheet, as a verdict's fields; null if nothing.
export function answerOf(s, key) {
  if (key === "0") return { verdict: "not_on_roster" };
  if (key === "x") return { verdict: "unreadable" };
  const candidate = "123".includes(key) && candidatesOf(s)[Number(key) - 1];
  return candidate ? { student_id: candidate.id } : null;
}

// press is an answer's key; false if the key says nothing.
export function press(s, key, e) {
  const what = answerOf(s, key);
  if (!what) return false;
  const why = doubts(s, key, what, e);
  if (!why.length || (view.asked?.key === key && e.timeStamp - view.asked.at >= HASTE)) {
    say(s, what, key);
    return true;
  }
  view.asked = { sheet: s.id, key, at: e.timeStamp, text: t("sayTwice", { key, what: wordOf(what), why: why.join(", ") }) };
  redraw();
  if (e.type === "click") document.querySelector("[data-asked]").focus({ preventScroll: true });
  else focusMain();
  announce(view.asked.text);
  return true;
}

function doubts(s, key, what, e) {
  const why = [];
  if (e.timeStamp - view.meanings.get(key).since < HASTE) why.push(t("tooSoon"));
  const candidate = what.student_id && candidatesOf(s).find((c) => c.id === what.student_id);
  if (candidate && taken(s, candidate.id)) why.push(t("hasSheet"));
  if (candidate && candidate.p < UNLIKELY) why.push(differing(s, candidate) || t("unlikely", { p: percent(candidate.p) }));
  return why;
}

// isID has a digit open the search, after the one just before it: two digits in quick
// succession are those of an ID, and the first was no answer. False if the digit stands
// alone.
export function isID(key, e) {
  const { asked } = view;
  let before = "";
  if (asked && isDigit(asked.key) && (asked.key !== key || e.timeStamp - asked.at < HASTE)) before = asked.key;
  else if (isDigit(hasty(e))) {
    before = hasty(e);
    undo();
  }
  if (!before) return false;
  view.asked = null;
  redraw();
  $("filter").value = view.filter = before; // the browser adds this key
  $("filter").focus();
  announce(t("searching", { text: before + key }));
  return true;
}
