// An exam is brought in: what was dropped is shown, sent, and read.
import { call, passes } from "./asking.js";
import { $, announce, el, meta } from "./dom.js";
import { add, chosen, dropped, sort } from "./files.js";
import { begun } from "./large.js";
import { batchOf, done } from "./noted.js";
import { readRoster, rosterBox } from "./rosterseen.js";
import { sendAll } from "./sending.js";
import { bytes, t } from "./words.js";

const RETRY = 2000;
const mayRosters = meta("rosters") === "true";

const brought = { sheets: [], roster: null, passed: [] };
let going = null; // the sending that is under way

export function wire(known) {
  if (!$("bring")) return;
  for (const id of ["files", "folder"]) {
    $(id).addEventListener("change", () => { take(chosen($(id))); $(id).value = ""; });
  }
  addEventListener("dragover", (e) => { e.preventDefault(); $("drop").classList.add("over"); });
  addEventListener("dragleave", (e) => { if (!e.relatedTarget) $("drop").classList.remove("over"); });
  addEventListener("drop", async (e) => {
    e.preventDefault();
    $("drop").classList.remove("over");
    take(await dropped(e.dataTransfer));
  });
  addEventListener("beforeunload", (e) => { if (going) e.preventDefault(); });
  $("code").addEventListener("input", () => help(known));
  $("form").addEventListener("submit", (e) => { e.preventDefault(); begin(); });
  $("forget").addEventListener("click", forget);
  $("stop").addEventListener("click", () => going?.abort());
  const asked = new URLSearchParams(location.search).get("exam");
  if (asked) $("code").value = asked;
}

// help says what comes of an exam that is there already.
function help(known) {
  const exam = known($("code").value);
  $("code").title = t("codeHelp"); // the browser says it with its own words
  $("code-help").textContent = exam ? t("codeKnown", { name: exam.name }) : t("codeHelp");
}

async function take(files) {
  if (going || !files.length) return;
  trouble("");
  const more = await sort(files);
  brought.sheets = add(brought.sheets, more.sheets);
  brought.passed.push(...more.passed);
  const [roster, ...others] = more.rosters.reverse(); // the latest
  brought.passed.push(...others.map((o) => ({ name: o.name, why: "oneRoster" })));
  if (roster && !mayRosters) brought.passed.push({ name: roster.name, why: "noRosters" });
  else if (roster) brought.roster = { file: roster, ...(await readRoster(roster)) };
  if (!$("code").value) $("code").value = guess();
  $("code").dispatchEvent(new Event("input"));
  draw();
}

// guess is an exam's code by what was brought: a folder's name, or the roster's.
function guess() {
  const folder = brought.sheets[0]?.name.split("/").at(-2) ?? "";
  const roster = brought.roster?.file.name.replace(/\.\w+$/, "") ?? "";
  for (const name of [folder, roster]) {
    const code = name.replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "").replace(/\.\.+/g, ".").slice(0, 64);
    if (code.length >= 3 && code.length >= name.length / 2 && /\d/.test(code)) return code;
  }
  return "";
}

function draw() {
  const any = brought.sheets.length || brought.roster || brought.passed.length;
  $("form").hidden = !any;
  $("begin").disabled = !brought.sheets.length || Boolean(brought.roster?.wrong);
  const size = brought.sheets.reduce((n, s) => n + s.size, 0);
  const says = brought.sheets.length ? t("sheetsBrought", { n: brought.sheets.length, size: bytes(size) }) : t("noSheetsYet");
  $("brought").replaceChildren(
    brought.sheets.length ? el("details", {}, el("summary", {}, says), el("ul", { tabindex: "0" }, ...brought.sheets.map((s) => el("li", {}, s.name)))) : el("p", {}, says),
    brought.roster ? rosterBox(brought.roster.file, brought.roster) : el("p", { class: "help" }, t("noRosterYet")),
    ...(brought.passed.length ? [el("details", { open: brought.passed.length <= 5 }, el("summary", { class: "note" }, t("passedOver", { n: brought.passed.length })),
      el("ul", { tabindex: "0" }, ...brought.passed.map((p) => el("li", {}, `${p.name}: ${t(p.why)}`))))] : []));
  announce(says);
}

function forget() {
  Object.assign(brought, { sheets: [], roster: null, passed: [] });
  trouble("");
  draw();
  $("files").focus();
}

function trouble(text) {
  $("trouble").textContent = text;
  $("trouble").hidden = !text;
}

const pages = () => {
  const chosen = $("form").elements.pages.value;
  return chosen === "auto" ? "auto" : chosen === "n" ? Number($("count").value) : 1;
};

async function begin() {
  const code = $("code").value;
  const batch = batchOf(code, brought.sheets);
  const at = `review/exams/${code}/${batch}`;
  going = new AbortController();
  show(true);
  const wrong = (await keepRoster(at)) || (await sendSheets({ code, batch, at })) || (await ask(at));
  going = null;
  if (!wrong) {
    done(code);
    location.href = `exams/${code}?batch=${encodeURIComponent(batch)}`;
    return;
  }
  show(false);
  trouble(wrong);
}

function show(sending) {
  $("form").hidden = sending;
  $("drop").hidden = sending;
  $("sending").hidden = !sending;
  $("refused").replaceChildren();
  trouble("");
  if (sending) $("stop").focus();
}

// until does again what may pass.
async function until(act) {
  for (;;) {
    const done = await act();
    if (!done.passes || going.signal.aborted) return done;
    trouble(t("lostSend"));
    await new Promise((on) => setTimeout(on, RETRY));
  }
}

async function keepRoster(at) {
  if (!brought.roster) return "";
  const { wrong } = await until(() => readRoster(brought.roster.file, `${at}/roster`));
  return wrong;
}

async function sendSheets(to) {
  const there = await until(async () => {
    const { status, text } = await call("GET", `${to.at}/scans`);
    return { status, text, passes: passes(status) };
  });
  if (there.status !== 200) return there.status === 401 ? t("againSend") : there.text;
  const have = new Map(JSON.parse(there.text).map((f) => [f.name, f.size]));
  const left = brought.sheets.filter((s) => have.get(s.name) !== s.size);
  for (const s of left) s.had = begun(to.code, to.batch, s);
  const all = brought.sheets.reduce((n, s) => n + s.size, 0), before = all - left.reduce((n, s) => n + s.size - s.had, 0);
  const started = Date.now();
  const { refused, stopped } = await sendAll(to, left, {
    direct: meta("direct") === "true", signal: going.signal, trouble,
    progress: (sent, files) => {
      $("sending-bar").value = all ? (before + sent) / all : 1;
      $("sending-text").textContent = t("sendingText", {
        done: brought.sheets.length - left.length + files, n: brought.sheets.length, sent: bytes(before + sent), size: bytes(all), left: leftTime(sent, all - before, started),
      });
    },
  });
  if (stopped || going.signal.aborted) return stopped || t("stopped");
  if (!refused.length) return "";
  // Nothing is read without a file that a person meant to be: they take it out.
  brought.sheets = brought.sheets.filter((s) => !refused.some((r) => r.file.name === s.name));
  brought.passed.push(...refused.map((r) => ({ name: r.file.name, why: r.why })));
  draw();
  return t("refused", { n: refused.length });
}

function leftTime(sent, size, started) {
  const passed = (Date.now() - started) / 1000;
  if (passed < 2 || !sent) return "";
  const seconds = Math.round((passed / sent) * (size - sent));
  return " · " + t("left", { t: seconds < 90 ? t("seconds", { n: seconds }) : t("minutes", { n: Math.round(seconds / 60) }) });
}

async function ask(at) {
  const { status, text } = await until(async () => {
    const done = await call("POST", `${at}/begin`, { names: brought.sheets.map((s) => s.name), pages_per_sheet: pages() });
    return { ...done, passes: passes(done.status) };
  });
  if (status === 202) return "";
  return status === 401 || status === 403 ? t("againSend") : text;
}
