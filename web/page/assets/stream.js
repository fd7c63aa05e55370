// The batch that is looked at, and the server's news of it.
import { at } from "./address.js";
import { drawBrought } from "./brought.js";
import { el, problem } from "./dom.js";
import { contradicting, exam, forget, label, sheet, take } from "./exam.js";
import { stateText } from "./lists.js";
import { isOver, onOver, over } from "./session.js";
import { send, sendKept } from "./verdicts.js";
import { begin, choose, openSheet, redraw, view } from "./view.js";
import { said, t } from "./words.js";

const RETRY = 3000;
let source = null, retry = 0;
onOver(close);

function close() {
  clearTimeout(retry);
  source?.close();
}

export function openBatch(id) {
  close();
  send();
  forget(id);
  begin();
  problem("");
  listen();
  drawBrought();
  sendKept();
  history.replaceState(null, "", at.page());
}

function listen() {
  if (isOver()) return;
  source = new EventSource(at.events());
  source.addEventListener("state", (e) => news(JSON.parse(e.data)));
  source.addEventListener("problem", (e) => problem(t(JSON.parse(e.data))));
  source.addEventListener("over", over);
  source.addEventListener("error", broken);
}

// broken is a line that has ended. The browser opens the next by itself, unless it was
// refused: then it does not tell why.
async function broken() {
  if (isOver()) return;
  problem(t("lost"));
  if (source.readyState !== EventSource.CLOSED) return;
  const answer = await fetch(at.batches()).catch(() => null);
  if (answer?.status === 401) return over();
  if (answer?.status === 403) return problem((await answer.text()).trim());
  clearTimeout(retry);
  retry = setTimeout(listen, RETRY);
}

function news(m) {
  take(m);
  const texts = [view.notice, ...(m.alarms ?? []).map((a) => t(a)), ...(m.notes ?? []).map(said)].filter(Boolean);
  const contradict = m.alarms?.some((a) => a === "student_twice" || a === "student_unknown");
  problem(texts.join(" "), ...(contradict ? contradicting() : []).flatMap((s) => [" ", toSheet(s)]));
  if (!view.tab) Object.assign(view, { tab: exam.info.epoch ? "review" : "all", watching: !exam.info.epoch });
  if (view.watching && exam.info.epoch) choose("review"); // it has been read
  redraw();
}

// toSheet opens a sheet of which an alarm speaks.
function toSheet({ id }) {
  return el("button", { class: "plain", onclick: () => openSheet(id, stateText(sheet(id))) }, label(sheet(id)));
}
