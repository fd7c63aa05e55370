// Pictures of sheets and the marks on them, there before they are asked for.
import { at } from "./address.js";
import { el } from "./dom.js";
import { label, others } from "./exam.js";
import { over } from "./session.js";
import { t } from "./words.js";
import { redraw, view } from "./view.js";

// So many sheets are looked ahead, and so many back for an undo.
const AHEAD = 6, BACK = 2;

// thumbnail is the picture in a list: the line that was read.
export function thumbnail(s) {
  if (!s.crop) return el("div", { class: "nocrop" }, t("noCrop"));
  return el("img", { src: at.crop(s), alt: t("crop", { file: label(s) }), loading: "lazy", decoding: "async" });
}

// ready holds pictures that are loaded and decoded, or soon will be, by address.
let ready = new Map();

// picture gives the image of an address, the one that is ready if there is one.
export function picture(address, alt) {
  const img = ready.get(address) ?? load(address);
  img.alt = alt;
  return img;
}

function load(address) {
  const img = el("img", { src: address, draggable: "false" });
  img.decoding = "sync"; // drawn together with what stands around it
  img.decode().catch(() => {}); // what can't be had shows as such where it is drawn
  ready.set(address, img);
  return img;
}

// Marks never change; none is kept that could not be had.
const marks = new Map();

// marksOf says where on a sheet's page what stands; null until that is known.
export function marksOf(s) {
  if (!s.paper) return { pages: 0, turn: 0, places: [], parts: [] };
  const known = marks.get(at.marks(s));
  if (known === undefined) ask(s);
  return known ?? null;
}

async function ask(s) {
  const address = at.marks(s);
  marks.set(address, null);
  const answer = await fetch(address).catch(() => null);
  if (answer?.status === 401) return over();
  const found = answer?.ok ? await answer.json().catch(() => null) : null;
  marks.set(address, found ?? { pages: 1, turn: 0, places: [], parts: [] });
  if (!found) setTimeout(() => marks.delete(address), 5000);
  if (view.near.has(s.id)) lookAhead(view.near);
  if (s.id === view.current) redraw();
}

// closeUps are the addresses of what is shown of a sheet close up: what was read, or the
// line's crop where the paper can't be shown.
export function closeUps(s) {
  const m = marksOf(s);
  if (m === null) return [];
  if (!m.pages) return s.crop ? [{ kind: "crop", address: at.crop(s) }] : [];
  return m.parts.map((kind) => ({ kind, address: at.part(s, kind) }));
}

// upcoming are the sheets that a key may show next.
export const upcoming = (list) => new Map([...list.slice(0, AHEAD), ...view.answered.slice(-BACK)].flatMap((s) => [s, ...others(s)]).map((s) => [s.id, s]));

// lookAhead has the pictures of these sheets loaded, and forgets all others: once what
// is shown now is drawn.
export function lookAhead(near) {
  view.near = near;
  whenDrawn(() => near === view.near && keep(near));
}

const whenDrawn = (run) => requestAnimationFrame(() => setTimeout(run));

function keep(near) {
  const old = ready;
  ready = new Map();
  for (const s of near.values()) {
    const addresses = closeUps(s).map((c) => c.address);
    if (marksOf(s)?.pages) addresses.push(at.paper(s, 1));
    for (const a of addresses) {
      if (old.has(a)) ready.set(a, old.get(a));
      else load(a);
    }
  }
  for (const [a, img] of old) if (img.isConnected) ready.set(a, img);
}
