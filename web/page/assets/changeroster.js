// Another roster for the exam: what it holds is shown first, then the sheets are matched
// again.
import { at } from "./address.js";
import { call } from "./asking.js";
import { $, announce } from "./dom.js";
import { exam } from "./exam.js";
import { readRoster, rosterBox } from "./rosterseen.js";
import { t } from "./words.js";

let brought = null;

export function wireRoster() {
  const dialog = $("roster-dialog");
  if (!dialog) return;
  $("roster").addEventListener("click", () => open());
  $("roster-file").addEventListener("change", () => { take($("roster-file").files[0]); $("roster-file").value = ""; });
  $("roster-cancel").addEventListener("click", () => dialog.close());
  $("roster-use").addEventListener("click", use);
  addEventListener("dragover", (e) => e.preventDefault());
  addEventListener("drop", (e) => {
    e.preventDefault();
    const file = e.dataTransfer.files[0];
    if (!file) return;
    open();
    take(file);
  });
}

function open() {
  if ($("roster-dialog").open) return;
  show(null);
  $("roster-dialog").showModal();
}

function show(read) {
  brought = read;
  $("roster-seen").replaceChildren(...(read ? [rosterBox(read.file, read)] : []));
  $("roster-use").disabled = !read?.seen;
}

async function take(file) {
  if (!file) return;
  show(null);
  const from = { name: file.name, read: async () => file };
  show({ file: from, ...(await readRoster(from)) });
}

async function use() {
  $("roster-use").disabled = true;
  const kept = await readRoster(brought.file, at.roster());
  if (kept.wrong) return show({ file: brought.file, ...kept });
  if (exam.batch) {
    const { status, text } = await call("POST", at.rematch());
    if (status !== 202) return show({ file: brought.file, wrong: text });
  }
  $("roster-dialog").close();
  $("main").focus({ preventScroll: true });
  announce(t("rosterDone"));
}
