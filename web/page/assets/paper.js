// The whole page, to be looked at closely: by key, wheel, mouse and touch.
import { at } from "./address.js";
import { $, el } from "./dom.js";
import { label } from "./exam.js";
import { draw, fit, pan, place, rotate, zoom } from "./lens.js";
import { marksOf, picture } from "./pictures.js";
import { t } from "./words.js";

const STEP = 1.25; // of a key
const PAN = 80; // pixels of a key

// The page that is shown: of one sheet, until another is asked about.
let shown = null;

// paper is the sheet's viewer; null where there is nothing to see.
export function paper(s) {
  const marks = marksOf(s);
  if (!marks?.pages) {
    shown = null;
    return null;
  }
  if (shown?.id !== s.id) shown = viewer(s, marks);
  return shown.node;
}

function viewer(s, marks) {
  const v = { id: s.id, s, marks, page: 1, turn: marks.turn, scale: 0, x: 0, y: 0, fitted: true, pointers: new Map() };
  v.sheet = el("div", { class: "sheet" });
  v.window = el("div", { class: "window", id: "window" }, v.sheet);
  v.node = el("section", { class: "paper", "aria-label": t("paper") }, v.window, toolbar(v));
  v.window.addEventListener("wheel", (e) => onWheel(v, e), { passive: false });
  v.window.addEventListener("dblclick", () => place(v));
  for (const type of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) v.window.addEventListener(type, (e) => onPointer(v, e));
  new ResizeObserver(() => (v.fitted ? fit(v) : draw(v))).observe(v.window);
  v.drawn = () => { if (!v.full && v.scale * devicePixelRatio > 1) sharpen(v); };
  open(v, 1);
  return v;
}

function toolbar(v) {
  const act = (key, text, sign, run) => el("button", { onclick: run, title: `${text} (${key})`, "aria-label": text, "aria-keyshortcuts": key }, sign);
  v.count = el("span", { class: "count" });
  return el("div", { class: "tools", role: "toolbar", "aria-label": t("paperTools") },
    act("-", t("smaller"), "−", () => zoom(v, 1 / STEP)), act("+", t("larger"), "+", () => zoom(v, STEP)),
    act("z", t("toPlace"), t("id"), () => place(v)), act("r", t("rotate"), "↻", () => rotate(v)),
    ...(v.marks.pages > 1 ? [act("[", t("pageBefore"), "‹", () => open(v, v.page - 1)), v.count, act("]", t("pageAfter"), "›", () => open(v, v.page + 1))] : []));
}

// open shows a page of the sheet.
function open(v, page) {
  if (page < 1 || page > v.marks.pages) return;
  v.page = page;
  v.turn = page === 1 ? v.marks.turn : 0;
  v.img = picture(at.paper(v.s, page), t("pageOf", { file: label(v.s), n: page }));
  v.full = false;
  v.sheet.replaceChildren(v.img, ...(page === 1 ? v.marks.places.map(mark) : []));
  v.count.textContent = `${page} / ${v.marks.pages}`;
  if (v.img.complete && v.img.naturalWidth) return fit(v);
  v.img.addEventListener("load", () => v.img.isConnected && fit(v), { once: true });
  v.img.addEventListener("error", () => v.window.replaceChildren(el("p", { class: "nopage" }, t("noPage"))), { once: true });
}

function mark(place) {
  const node = el("div", { class: `mark ${place.kind}`, "aria-hidden": "true" });
  for (const [side, value] of Object.entries({ left: place.x, top: place.y, width: place.width, height: place.height })) node.style[side] = `${value * 100}%`;
  return node;
}

// sharpen shows the page as it was scanned, once that is there, over what is shown.
function sharpen(v) {
  v.full = true;
  const over = el("img", { class: "full", alt: "", src: at.paperFull(v.s, v.page), draggable: "false" });
  const of = v.img;
  over.decode().then(() => v.img === of && of.after(over), () => {}); // the picture for a screen stays
}

// --- Hands -----------------------------------------------------------------------

function onWheel(v, e) {
  if (!v.scale) return;
  e.preventDefault();
  const box = v.window.getBoundingClientRect();
  zoom(v, Math.exp(-e.deltaY * (e.deltaMode ? 0.05 : 0.002)), e.clientX - box.left, e.clientY - box.top);
}

// onPointer pans with one finger or the mouse, and zooms with two fingers.
function onPointer(v, e) {
  if (!v.scale || (e.type === "pointerdown" && e.button > 0)) return;
  const was = v.pointers.get(e.pointerId);
  if (e.type === "pointerdown") {
    v.window.setPointerCapture(e.pointerId);
    v.pointers.set(e.pointerId, [e.clientX, e.clientY]);
  } else if (e.type !== "pointermove") v.pointers.delete(e.pointerId);
  else if (was) {
    const before = [...v.pointers.values()].map((p) => [...p]);
    v.pointers.set(e.pointerId, [e.clientX, e.clientY]);
    moved(v, before, [...v.pointers.values()]);
  }
}

const middle = (points) => [0, 1].map((i) => points.reduce((sum, p) => sum + p[i], 0) / points.length);

function moved(v, before, after) {
  const [bx, by] = middle(before), [ax, ay] = middle(after);
  if (after.length === 2) {
    const apart = ([p, q]) => Math.hypot(p[0] - q[0], p[1] - q[1]);
    const box = v.window.getBoundingClientRect();
    zoom(v, apart(after) / (apart(before) || 1), ax - box.left, ay - box.top);
  }
  pan(v, ax - bx, ay - by);
}

// paperKey is a key that looks and says nothing; false if it is another.
export function paperKey(key) {
  if (!shown?.scale || !$("window")) return false;
  const act = {
    "+": () => zoom(shown, STEP), "=": () => zoom(shown, STEP), "-": () => zoom(shown, 1 / STEP),
    ArrowLeft: () => pan(shown, PAN, 0), ArrowRight: () => pan(shown, -PAN, 0), ArrowUp: () => pan(shown, 0, PAN), ArrowDown: () => pan(shown, 0, -PAN),
    r: () => rotate(shown), z: () => place(shown), "[": () => open(shown, shown.page - 1), "]": () => open(shown, shown.page + 1),
  }[key];
  // Where the whole page is seen, the arrows scroll what is around it.
  if (!act || (key.startsWith("Arrow") && shown.fitted)) return false;
  act();
  return true;
}
