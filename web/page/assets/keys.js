// The keyboard while a sheet is asked about.
import { isDigit, isID, press } from "./answers.js";
import { $, announce } from "./dom.js";
import { exam, sheet } from "./exam.js";
import { inFilter } from "./find.js";
import { paperKey } from "./paper.js";
import { goBack, skip } from "./review.js";
import { undo } from "./verdicts.js";
import { closeSheet, redraw, view } from "./view.js";
import { t } from "./words.js";

// Keys of the Korean layout, as the Latin ones that lie there.
const LATIN = { "ㅌ": "x", "ㅕ": "u", "ㄱ": "r", "ㅋ": "z", "ㅜ": "n", "ㅠ": "b" };

export function onKey(e) {
  if (e.ctrlKey || e.altKey || e.metaKey || view.tab !== "review" || !exam.info || e.target instanceof HTMLSelectElement || e.target.closest?.("dialog, header")) return;
  const key = LATIN[e.key] ?? e.key;
  if (!view.current) {
    if (!e.repeat && key === "u") undo();
    return;
  }
  const s = sheet(view.current);
  const done = e.target.id === "filter" ? inFilter(e, s) : ofSheet(e, key, s);
  if (done) e.preventDefault();
}

// ofSheet is a key outside the search; true if it is done with.
function ofSheet(e, key, s) {
  if (paperKey(key)) return true;
  if (e.repeat) return true; // a key that is held must not answer for the next sheet
  if (["Shift", "Tab"].includes(key) || (view.asked && (key === "Enter" || key === " ") && e.target instanceof HTMLButtonElement)) return false;
  if (isDigit(key) && isID(key, e)) return false; // into the search
  if (view.asked && key !== view.asked.key && key !== "/") {
    // Any other key takes the question back, and does nothing else.
    view.asked = null;
    redraw();
    announce(t("notTaken"));
    return true;
  }
  if (press(s, key, e)) return true;
  if (key === "u") undo();
  else if (key === "n") skip();
  else if (key === "b") goBack();
  else if (key === "Escape" && view.opened) closeSheet();
  else if (key === "/") {
    view.asked = null;
    redraw();
    $("filter").focus();
  } else {
    // Other letters and digits begin to look for a student.
    if (e.isComposing || e.key === "Process" || (e.key.length === 1 && /[\p{L}\p{N}]/u.test(e.key))) $("filter")?.focus();
    return false;
  }
  return true;
}
