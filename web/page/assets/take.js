// What a grader takes home: the papers by student, and the list for a learning platform.
// It is open once it holds all that was said, like the report.
import { at } from "./address.js";
import { $, el } from "./dom.js";
import { exam, pending } from "./exam.js";
import { t } from "./words.js";

const FILES = { papers: () => at.papers(), papersPDF: () => at.papersPDF(), students: () => at.students() };

function link(name, attributes) {
  const wait = pending();
  return el("a", { ...attributes, role: "link", "aria-disabled": String(wait), href: wait ? null : FILES[name]() }, t(name));
}

export const papersLink = (attributes) => link("papers", attributes);

// drawTake shows the menu once the batch has ended; it is drawn anew only where a link
// changes, for one of them may have the focus.
let drawn = "";
export function drawTake() {
  $("take").hidden = !exam.info.epoch;
  const look = `${exam.batch} ${pending()}`;
  if (look === drawn) return;
  drawn = look;
  const focused = [...$("takes").querySelectorAll("a")].indexOf(document.activeElement);
  $("takes").replaceChildren(...Object.keys(FILES).map((name) => el("li", {}, link(name, { onclick: close }))));
  if (focused >= 0) $("takes").querySelectorAll("a")[focused].focus();
}

function close() { $("take").open = false; }

// openTake has the menu close as menus do.
export function openTake() {
  $("take").addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || !$("take").open) return;
    e.stopPropagation(); // it says nothing of a sheet
    close();
    $("take").querySelector("summary").focus();
  });
  document.addEventListener("pointerdown", (e) => { if (!$("take").contains(e.target)) close(); });
}
