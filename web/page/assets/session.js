// The session's end, said at once and not taken for a broken line.
import { $, el } from "./dom.js";
import { t } from "./words.js";

let ended = false, closing = [];

export const isOver = () => ended;

// onOver has something stopped when the session ends.
export function onOver(run) { closing.push(run); }

// over says that the session has ended, and how to go on: nothing is asked any more.
export function over() {
  if (ended) return;
  ended = true;
  for (const run of closing) run();
  $("problem").replaceChildren(t("again"), " ", el("a", { href: location.pathname + location.search, id: "sign-in" }, t("signIn")));
  $("problem").hidden = false;
}
