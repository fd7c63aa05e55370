// Giving an answer, sending it, and taking it back.
import { at } from "./address.js";
import { announce, focusMain, meta, problem } from "./dom.js";
import { byPerson, exam, heldOf, hold, label, named, queue, release, releaseKnown, remember, sheet, unsay } from "./exam.js";
import { isOver, over } from "./session.js";
import { keepUnsent, takeUnsent } from "./unsent.js";
import { redraw, view } from "./view.js";
import { t } from "./words.js";

// HASTE is sooner than anybody can have looked at a sheet, and longer than from one
// digit of a typed ID to the next.
export const HASTE = 400;

// The answer that is shown and not sent yet.
let unsent = null;
export const hasty = (e) => (unsent && e.timeStamp - unsent.at < HASTE ? unsent.key : "");

export const wordOf = (what) => (what.student_id ? named(what.student_id) : t("verdict_" + what.verdict));

// say shows an answer at once. It is sent when nobody can take its key for the first
// digit of an ID any more.
export function say(s, what, key = "") {
  send();
  view.asked = null; view.opened = ""; view.notice = "";
  const body = { sheet: s.id, ...what };
  unsent = { s, body, key, at: performance.now(), timer: setTimeout(send, HASTE) };
  view.answered.push(s);
  hold(s.id, { ...s, pending: what.student_id ?? what.verdict }, redraw);
  remember(s.id, what.student_id ?? what.verdict);
  redraw();
  focusMain();
  const next = queue()[0];
  announce(next ? t("saved", { file: label(s), what: wordOf(what), next: label(next) }) : t("savedLast", { file: label(s), what: wordOf(what) }));
}

export async function send() {
  if (!unsent) return;
  const { s, body, timer } = unsent;
  unsent = null;
  clearTimeout(timer);
  const wrong = await post(body);
  if (wrong === KEPT) return;
  if (wrong) {
    view.answered = view.answered.filter((a) => a !== s);
    unsay(s.id);
    release(s.id, s);
    view.current = s.id;
    redraw();
    problem(t("notSaved", { why: wrong }));
  }
}

// undo takes back what has been said of the sheet that was opened, else the last answer
// of this window.
export async function undo() {
  const open = view.opened && sheet(view.opened);
  const before = open && byPerson(open) ? view.answered.findLast((a) => a.id === open.id) ?? open : null;
  const s = before ?? view.answered.at(-1);
  if (!s) return announce(t("noUndo"));
  view.answered = view.answered.filter((a) => a !== s);
  unsay(s.id);
  Object.assign(view, { asked: null, opened: "", current: s.id, shown: "" });
  if (unsent?.s === s) { // nobody knows of it yet
    clearTimeout(unsent.timer);
    unsent = null;
    release(s.id, s);
    return undone(s);
  }
  send();
  const now = sheet(s.id);
  hold(s.id, { ...s, pending: "undo" }, redraw);
  undone(s);
  const wrong = await post({ sheet: s.id, verdict: "undo" });
  if (wrong === KEPT) return;
  if (wrong) {
    view.answered.push(s);
    release(s.id, now);
    redraw();
    problem(t("notSaved", { why: wrong }));
  }
}

function undone(s) {
  redraw();
  focusMain();
  announce(t("undone", { file: label(s) }));
}

// sendKept sends what could not be sent before this person logged in again.
export async function sendKept() {
  const address = at.verdicts();
  const { mine, others } = takeUnsent(address);
  if (others) announce(t("unsentOthers", { n: others }));
  let sent = 0, wrong = "";
  for (const body of mine) {
    if (address !== at.verdicts()) keepUnsent(address, body); // another batch was chosen meanwhile
    else if (!(wrong = await post(body))) sent++;
    else if (wrong !== KEPT) problem(t("notSaved", { why: wrong }));
  }
  if (sent) announce(t("unsentSent", { n: sent }));
}

// KEPT is what post gives for an answer that is sent after the next login.
const KEPT = "kept";

// keep keeps an answer for the next login: it is no answer that was refused.
function keep(body) {
  keepUnsent(at.verdicts(), body);
  over();
  return KEPT;
}

// post sends a verdict; what went wrong, or "".
async function post(body) {
  if (isOver()) return keep(body);
  const held = heldOf(body.sheet);
  try {
    const answer = await fetch(at.verdicts(), {
      method: "POST", keepalive: true, headers: { "Content-Type": "application/json", "X-CSRF-Token": meta("csrf") }, body: JSON.stringify(body),
    });
    if (answer.ok) {
      if (held) held.at = await answer.json();
      releaseKnown();
      if (exam.info) redraw();
      return "";
    }
    // A token of another session: somebody has logged in, in another tab.
    return answer.status === 401 || answer.status === 403 ? keep(body) : (await answer.text()).trim();
  } catch {
    return t("lost");
  }
}
