// Pictures of sheets, there before they are asked for.
import { at } from "./address.js";
import { el } from "./dom.js";
import { label, others } from "./exam.js";
import { t } from "./words.js";
import { view } from "./view.js";

const AHEAD = 6, BACK = 3;

export function picture(s, lazy) {
  if (!s.crop) return el("div", { class: "nocrop" }, t("noCrop"));
  return el("img", { src: at.crop(s), alt: t("crop", { file: label(s) }), loading: lazy ? "lazy" : "eager", decoding: "async" });
}

// Crops of the sheets that come next, and of those that an undo brings back, are loaded
// and decoded before they are asked for: a key shows them at once.
let ahead = new Map();
export function lookAhead(list) {
  const near = [...list.slice(0, AHEAD), ...view.answered.slice(-BACK)];
  const soon = new Map();
  for (const s of near.flatMap((s) => [s, ...others(s)])) if (s.crop) soon.set(at.crop(s), ahead.get(at.crop(s)) ?? decoded(s));
  ahead = soon;
}

function decoded(s) {
  const img = picture(s);
  img.decoding = "sync"; // drawn together with what stands around it
  img.decode().catch(() => {}); // a crop that can't be had shows as such where it is drawn
  return img;
}

export function crop(s, note) {
  return el("figure", {}, ahead.get(at.crop(s)) ?? picture(s), el("figcaption", {}, note ? `${note}: ${label(s)}` : label(s)));
}
