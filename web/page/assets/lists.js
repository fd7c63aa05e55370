// The lists of sheets and of students without one.
import { $, el, fill } from "./dom.js";
import { contradicts, exam, inPlace, isPerson, label, nameOf, named, placeOf, present, reasonOf, studentOf } from "./exam.js";
import { thumbnail } from "./pictures.js";
import { openSheet, view } from "./view.js";
import { percent, t } from "./words.js";

export function empty(text) {
  fill(el("p", { class: "empty" }, text));
  view.shown = "";
}

let tiles = new Map();
export function drawGrid() {
  const list = inPlace(view.tab).sort((a, b) => a.file.localeCompare(b.file, undefined, { numeric: true }) || (a.page ?? 0) - (b.page ?? 0));
  if (!list.length) return empty("—");
  let grid = document.querySelector(".grid");
  if (!grid) {
    tiles = new Map();
    grid = el("div", { class: "grid" });
    fill(grid);
  }
  const ids = new Set(list.map((s) => s.id));
  for (const [id, tile] of tiles) if (!ids.has(id)) { tile.node.remove(); tiles.delete(id); }
  list.forEach((s, i) => place(grid, s, i));
}

// place has a sheet's tile at its place of the list, made anew only if it looks
// different now.
function place(grid, s, i) {
  const look = JSON.stringify([s, label(s), nameOf(studentOf(s)), contradicts(s)]);
  const old = tiles.get(s.id);
  if (old?.look === look) {
    if (grid.children[i] !== old.node) grid.insertBefore(old.node, grid.children[i] ?? null);
    return;
  }
  const node = tile(s);
  const focused = old && document.activeElement === old.node;
  if (old) old.node.replaceWith(node);
  if (focused) node.focus({ preventScroll: true });
  if (grid.children[i] !== node) grid.insertBefore(node, grid.children[i] ?? null);
  tiles.set(s.id, { look, node });
}

const whoOf = (s) => named(studentOf(s)) || t(placeOf(s));
function howOf(s) {
  if (s.pending) return t("pending");
  if (isPerson(s)) return s.by ? t("personBy", { by: s.by }) : t("person");
  return placeOf(s) === "sure" ? percent(s.confidence) : [t(placeOf(s)), reasonOf(s), s.by].filter(Boolean).join(" · ");
}

export const stateText = (s) => `${whoOf(s)} · ${howOf(s)}`;

function tile(s) {
  const wrong = contradicts(s);
  return el("button", { class: `tile s-${isPerson(s) ? "person" : placeOf(s)}${wrong ? " contradicts" : ""}`, id: `tile-${s.id}`, title: t("open"), onclick: () => openSheet(s.id, stateText(s)) }, thumbnail(s),
    el("span", { class: "text" }, el("span", { class: "s" }, whoOf(s)), el("span", {}, [howOf(s), wrong].filter(Boolean).join(" · ")), el("br"), label(s)));
}

export function drawAbsent() {
  const have = present();
  const list = exam.students.filter((st) => !have.has(st.id));
  if (!list.length) return empty("—");
  $("main").replaceChildren(el("table", {},
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("id")), el("th", { scope: "col" }, t("name")))),
    el("tbody", {}, ...list.map((st) => el("tr", {}, el("td", {}, st.id), el("td", {}, st.name))))));
}
