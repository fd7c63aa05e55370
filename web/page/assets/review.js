// One sheet to settle: its picture, who it may be of, and the keys.
import { ANSWERS, answerOf, press } from "./answers.js";
import { showing } from "./claims.js";
import { $, announce, el, fill, focusMain } from "./dom.js";
import { byPerson, exam, isElsewhere, label, nameOf, others, pending, placeOf, putBack, putOff, queue, reasonOf, sheet, taken } from "./exam.js";
import { drawFound, find } from "./find.js";
import { stateText } from "./lists.js";
import { paper } from "./paper.js";
import { closeUps, lookAhead, marksOf, picture, upcoming } from "./pictures.js";
import { candidatesOf, chance, digits, isNearest, spelt } from "./reading.js";
import { reportLink } from "./report.js";
import { papersLink } from "./take.js";
import { undo } from "./verdicts.js";
import { closeSheet, openSheet, redraw, view } from "./view.js";
import { t } from "./words.js";

// MOST_BACK is how many sheets can be gone back.
const MOST_BACK = 50;

export function drawReview() {
  const list = queue();
  if (view.opened) view.current = view.opened;
  else if (!list.length) return drawEnd();
  else if (!list.some((s) => s.id === view.current)) view.current = list[0].id;
  const s = sheet(view.current);
  showing(s.id);
  trace(s.id);
  lookAhead(upcoming(view.opened ? [s, ...list] : list));
  const pairs = others(s);
  mean(s);
  const look = JSON.stringify([s, label(s), isElsewhere(s), pairs.map((o) => [o.id, o.version]), candidatesOf(s).map((c) => [c.id, taken(s, c.id), nameOf(c.id)]), [s, ...pairs].map((o) => marksOf(o) !== null), view.asked?.key, view.opened, view.answered.length > 0]);
  if (look === view.shown) {
    document.querySelector(".review .left").textContent = t("count", { n: list.length });
    return;
  }
  view.shown = look;
  keepingTyped(s, () => fill(card(s, pairs, list.length)));
}

// trace notes which sheets were shown, one after the other.
function trace(id) {
  if (view.trail.at(-1) !== id) view.trail.push(id);
  if (view.trail.length > MOST_BACK) view.trail.shift();
}

// skip puts the sheet off until the others are done.
export function skip() {
  if (view.opened || queue().length < 2) return;
  const s = sheet(view.current);
  putOff(s.id);
  Object.assign(view, { current: queue()[0].id, asked: null });
  redraw();
  focusMain();
  announce(t("putOff", { file: label(s), next: label(sheet(view.current)) }));
}

// goBack shows the sheet that was shown before, whatever has been said of it.
export function goBack() {
  if (view.trail.length < 2) return;
  view.trail.pop();
  const s = sheet(view.trail.pop());
  if (!s) return;
  putBack(s.id);
  if (placeOf(s) !== "review") return openSheet(s.id, stateText(s));
  Object.assign(view, { opened: "", current: s.id, asked: null });
  redraw();
  focusMain();
  announce(`${label(s)}: ${stateText(s)}`);
}

// mean notes since when each key means what it means now: a person may have decided on
// what it meant before, and on nothing else. "Not on the roster" is none of the candidates.
function mean(s) {
  const candidates = candidatesOf(s).map((c) => c.id);
  for (const key of ANSWERS) {
    const means = JSON.stringify([s.id, answerOf(s, key), key === "0" && candidates]);
    if (view.meanings.get(key)?.means === means) continue;
    view.meanings.set(key, { means, since: performance.now() });
    if (view.asked?.key === key) view.asked = null;
  }
  if (view.asked && view.asked.sheet !== s.id) view.asked = null;
}

// keepingTyped draws: what somebody else has just changed must not take away what is
// being typed.
function keepingTyped(s, draw) {
  const typed = s.id === view.drawn ? view.filter : "";
  Object.assign(view, { drawn: s.id, filter: typed, picked: 0 });
  const typing = document.activeElement?.id === "filter";
  draw();
  if (!typed) return;
  $("filter").value = typed;
  drawFound(s);
  if (typing) $("filter").focus();
}

function card(s, pairs, left) {
  const state = placeOf(s) === "review" ? reasonOf(s) : stateText(s);
  const page = paper(s);
  return el("section", { class: `card review${page ? " withpaper" : ""}`, "aria-labelledby": "sheet-name" },
    el("div", { class: "top" },
      el("h2", { id: "sheet-name" }, label(s)), el("span", { class: "state" }, state), el("span", { class: "left" }, t("count", { n: left }))),
    page,
    el("div", { class: "ask" },
      el("div", { class: "crops" }, ...closeUp(s), ...pairs.flatMap((o) => closeUp(o, t("other")))),
      digits(s),
      choices(s),
      isElsewhere(s) ? el("p", { class: "note" }, t("elsewhere")) : null,
      view.asked ? el("p", { class: "asked" }, view.asked.text) : null,
      actions(s),
      find(s),
      el("p", { class: "help" }, t("keys"), page ? el("br") : null, page ? t("paperKeys") : null)));
}

// closeUp is what was read of a sheet, as it was written.
function closeUp(s, note) {
  const list = closeUps(s).filter((c) => !note || c.kind !== "name");
  if (!list.length) return marksOf(s) === null ? [] : [el("p", { class: "noid" }, t(s.paper ? "noID" : "noCrop"))];
  return list.map((c) => el("figure", { class: c.kind }, picture(c.address, t(c.kind === "name" ? "nameOn" : "crop", { file: label(s) })),
    note ? el("figcaption", {}, `${note}: ${label(s)}`) : null));
}

function choices(s) {
  const list = candidatesOf(s);
  if (!list.length) return null;
  return el("div", {},
    el("h3", { id: "candidates" }, t(isNearest(s) ? "nearest" : "candidates")),
    el("ol", { class: "choices", "aria-labelledby": "candidates" }, ...list.map((c, i) => choice(s, c, i))));
}

function choice(s, c, i) {
  const key = String(i + 1);
  return el("li", {}, el("button", { onclick: (e) => press(s, key, e), "data-student": c.id, "data-asked": view.asked?.key === key },
    el("kbd", { "aria-hidden": "true" }, key), spelt(s, c.id), el("span", { class: "p" }, chance(s, c)),
    el("span", { class: "of" }, nameOf(c.id) ?? "", taken(s, c.id) ? el("small", {}, " ", t("taken")) : null)));
}

function actions(s) {
  return el("div", { class: "actions" },
    act("0", t("notOnRoster"), (e) => press(s, "0", e)),
    act("x", t("unreadable"), (e) => press(s, "x", e)),
    view.opened && byPerson(s) ? act("u", t("takeBack"), undo) : act("u", t("undo"), undo, !view.answered.length),
    view.opened ? null : act("n", t("later"), skip, queue().length < 2),
    act("b", t("before"), goBack, view.trail.length < 2),
    view.opened ? act("Esc", t("back"), closeSheet) : null);
}

function act(key, text, run, disabled = false) {
  return el("button", { onclick: run, disabled, "data-key": key, "data-asked": view.asked?.key === key }, el("kbd", { "aria-hidden": "true" }, key), " " + text);
}

// drawEnd is what there is to do when nothing is left.
function drawEnd() {
  view.current = "";
  showing("");
  const ended = exam.info.epoch > 0;
  const look = JSON.stringify(["end", ended, view.answered.length > 0, pending()]);
  if (look === view.shown) return;
  view.shown = look;
  fill(el("section", { class: "empty" },
    el("p", {}, t(ended ? "nothing" : "waitEnd")),
    el("p", { class: "actions" }, view.answered.length ? act("u", t("undo"), undo) : null, ended ? reportLink({ class: "button" }) : null, ended ? papersLink({ class: "button" }) : null)));
}
