// Finding a student by name or ID.
import { $, el, focusMain } from "./dom.js";
import { exam, taken } from "./exam.js";
import { say } from "./verdicts.js";
import { view } from "./view.js";
import { t } from "./words.js";

const SHOWN = 8;

export function find(s) {
  const list = el("ul", { role: "listbox", id: "found", hidden: true, "aria-label": t("filter") });
  const input = el("input", {
    id: "filter", type: "search", placeholder: t("filter"), "aria-label": t("filter"), autocomplete: "off", spellcheck: "false",
    role: "combobox", "aria-controls": "found", "aria-expanded": "false",
    oninput: () => { view.filter = input.value; view.picked = 0; drawFound(s); },
  });
  return el("div", { class: "find" }, input, list, el("p", { class: "help", id: "nobody", hidden: true }, t("noMatch")));
}

const plain = (text) => text.normalize("NFC").toLowerCase().replace(/[\s-]/g, "");

function matches() {
  const wanted = plain(view.filter);
  if (!wanted) return [];
  return exam.students.filter((st) => plain(st.id).includes(wanted) || plain(st.name).includes(wanted)).slice(0, SHOWN);
}

export function drawFound(s) {
  const list = matches();
  $("filter").setAttribute("aria-expanded", String(list.length > 0));
  view.picked = Math.min(view.picked, Math.max(list.length - 1, 0));
  const rows = list.map((st, i) => el("li", { role: "option", id: `found-${i}`, "aria-selected": String(i === view.picked), onclick: () => say(s, { student_id: st.id }) },
    el("span", { class: "who" }, st.id), st.name, taken(s, st.id) ? el("small", {}, t("taken")) : null));
  if (list.length) $("filter").setAttribute("aria-activedescendant", `found-${view.picked}`);
  else $("filter").removeAttribute("aria-activedescendant");
  $("found").hidden = !list.length;
  $("found").replaceChildren(...rows);
  $("nobody").hidden = Boolean(list.length) || !plain(view.filter);
}

// inFilter is a key in the search; true if it is done with.
export function inFilter(e, s) {
  if (e.isComposing) return false;
  const list = matches();
  if (e.key === "Enter" && list[view.picked]) {
    say(s, { student_id: list[view.picked].id });
    return true;
  }
  if (e.key === "ArrowDown") view.picked = Math.min(view.picked + 1, list.length - 1);
  else if (e.key === "ArrowUp") view.picked = Math.max(view.picked - 1, 0);
  else if (e.key === "Escape") {
    $("filter").value = view.filter = "";
    focusMain();
  } else return false;
  drawFound(s);
  return true;
}
