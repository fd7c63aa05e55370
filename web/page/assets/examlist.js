// The list of exams, and how far each is.
import { call, passes } from "./asking.js";
import { $, el, problem } from "./dom.js";
import { over } from "./session.js";
import { t, when } from "./words.js";

const EVERY = 5000, RETRY = 3000;

let list = [], drawn = "";

export const known = (code) => list.find((e) => e.code === code);

const plain = (text) => text.normalize("NFC").toLowerCase().replace(/\s/g, "");

export function drawList() {
  const wanted = plain($("search").value);
  const shown = list.filter((e) => plain(`${e.code} ${e.name}`).includes(wanted));
  const look = JSON.stringify(shown);
  if (look === drawn) return;
  drawn = look;
  $("exams").replaceChildren(...shown.map(line));
  $("none").hidden = shown.length > 0;
  $("none").textContent = list.length ? t("noSuchExam") : t("noExams");
}

function line(e) {
  const named = e.name !== e.code;
  const share = e.ended ? 1 : e.done / Math.max(e.files, 1);
  return el("li", {}, el("a", { href: `exams/${e.code}` },
    el("span", { class: "title" }, e.name, named ? el("small", {}, e.code) : null),
    el("span", { class: `state ${stateOf(e)}` }, stateText(e)),
    e.ended ? null : el("progress", { max: "1", value: String(Math.min(share, 1)), "aria-label": stateText(e) }),
    el("span", { class: "more" }, [e.students ? t("ofStudents", { present: e.present, students: e.students }) : "", when(e.started), e.batches > 1 ? t("timesRead", { n: e.batches }) : ""].filter(Boolean).join(" · ")),
    ...(e.alarms ?? []).map((a) => el("span", { class: "note" }, t(a)))));
}

const stateOf = (e) => (!e.ended ? "reading" : e.review || e.alarms?.length ? "review" : "sure");

function stateText(e) {
  if (!e.ended) return e.done ? t("examReading", { done: e.done, files: e.files }) : t("examWaiting", { files: e.files });
  return e.review ? t("examReview", { review: e.review, total: e.total }) : t("examDone", { total: e.total, matched: e.matched, failed: e.failed ? t("examFailed", { n: e.failed }) : "" });
}

// keepLooking looks again and again, as long as somebody looks at the page.
export async function keepLooking() {
  const { status, text } = document.hidden && list.length ? { status: -1 } : await call("GET", "review/exams");
  if (status === 200) {
    const got = JSON.parse(text);
    list = got.exams;
    problem(got.more ? t("moreExams") : "");
    $("codes")?.replaceChildren(...list.map((e) => el("option", { value: e.code }, e.name)));
    drawList();
  } else if (status === 401) return over();
  else if (status > 0 && !passes(status)) return problem(text);
  else if (status >= 0) problem(status ? text : t("lost"));
  setTimeout(keepLooking, status === 0 ? RETRY : EVERY);
}
