// What a roster holds, as the server read it.
import { call } from "./asking.js";
import { el } from "./dom.js";
import { lang, said, t } from "./words.js";

// readRoster has the server read a roster, and keep it where keep names an address. It
// gives what it holds, or what is wrong with it.
export async function readRoster(file, keep = "") {
  let blob;
  try {
    blob = await file.read();
  } catch {
    return { wrong: t("unreadableFile") };
  }
  const { status, text } = await call(keep ? "PUT" : "POST", keep || "review/rosters", blob);
  if (status === 200) return { seen: JSON.parse(text) };
  return { wrong: status === 401 ? t("again") : text, passes: status === 0 || status === 429 || status >= 500 };
}

// rosterBox tells a person what it holds, before it counts.
export function rosterBox(file, { seen, wrong }) {
  const name = el("strong", {}, file.name);
  if (wrong) return el("div", { class: "roster" }, el("p", { class: "alarm", role: "alert" }, name, " ", wrong));
  const first = seen.first.map((s) => [s.id, s.name].filter(Boolean).join(" ")).join(", ");
  return el("div", { class: "roster" },
    el("p", {}, name, " ", t("rosterHolds", { n: seen.students })),
    el("p", { class: "help" }, t("rosterFirst", { first }), seen.columns.length ? " " + t("rosterColumns", { columns: seen.columns.filter(Boolean).join(", ") }) : ""),
    ...seen.notes.map((n) => el("p", { class: "note" }, said(n))),
    seen.left_out ? leftOut(seen) : null);
}

function leftOut(seen) {
  return el("details", { open: seen.left_out <= 5 }, el("summary", { class: "note" }, t("rosterLeftOut", { n: seen.left_out })),
    el("ul", { tabindex: "0" }, ...seen.skipped.map((s) => el("li", {}, [[s.sheet, s.cell || t("row", { n: s.row })].filter(Boolean).join(" "), s.value, (lang === "ko" && s.reason_ko) || s.reason].filter(Boolean).join(" · ")))));
}
