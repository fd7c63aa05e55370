// How far the exam is, and the tabs over its lists.
import { $, el } from "./dom.js";
import { counts, exam } from "./exam.js";
import { setReport } from "./report.js";
import { drawTake } from "./take.js";
import { choose, view } from "./view.js";
import { t } from "./words.js";

const TABS = ["review", "sure", "absent", "stranger", "failed", "all"];

export function drawProgress() {
  const { info } = exam;
  const c = counts();
  $("progress").hidden = false;
  $("bar").max = Math.max(info.total, 1);
  $("bar").value = info.done;
  $("bar").hidden = info.epoch > 0;
  $("report").hidden = !info.epoch;
  setReport($("report"));
  drawTake();
  const values = { ...c, total: Math.max(info.total, info.done), done: info.done };
  let text = t("ended", values);
  if (!info.epoch) text = info.done < info.total ? t("reading", { ...values, left: left(info) }) : t("solving");
  $("progress-text").textContent = text;
}

function left(info) {
  const passed = (new Date(info.now) - new Date(info.started)) / 1000;
  if (info.done < 3 || passed < 2) return "…";
  const seconds = Math.round((passed / info.done) * (info.total - info.done));
  if (seconds < 5) return t("soon");
  return t("left", { t: seconds < 90 ? t("seconds", { n: seconds }) : t("minutes", { n: Math.round(seconds / 60) }) });
}

export function drawTabs() {
  const c = counts();
  if (!$("tabs").children.length) {
    for (const name of TABS) $("tabs").append(el("button", { role: "tab", id: `tab-${name}`, "aria-controls": "main", onclick: () => choose(name) }));
    $("tabs").addEventListener("keydown", turn);
  }
  for (const name of TABS) {
    const button = $(`tab-${name}`);
    const chosen = name === view.tab;
    button.textContent = `${t(name)} ${c[name]}`;
    button.setAttribute("aria-selected", String(chosen));
    button.tabIndex = chosen ? 0 : -1;
  }
  $("main").setAttribute("aria-labelledby", `tab-${view.tab}`);
}

// turn goes from tab to tab by the arrows, as tabs do.
function turn(e) {
  const here = TABS.indexOf(view.tab);
  const to = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: TABS.length - 1 }[e.key];
  if (to === undefined || e.ctrlKey || e.altKey || e.metaKey) return;
  e.preventDefault();
  e.stopPropagation(); // it says nothing of a sheet
  const name = TABS.at(to % TABS.length);
  choose(name);
  $(`tab-${name}`).focus();
}
