// The page's beginning. Each module is one idea, and knows only those above it:
//
//   words, dom         texts and elements
//   exam               what is known of the exam, and of other windows
//   session, unsent    its end, and what could not be sent before it
//   address, view      where the server has what; what this window shows
//   claims             this window tells the others which sheet that is
//   pictures           pictures of sheets, ahead of time
//   reading            what was read, digit by digit
//   lens, paper        the page, to look at closely
//   verdicts           an answer is given, sent, taken back
//   answers, find      what a key means; a student by name or ID
//   review, lists      the parts that draw
//   tabs, report, take, brought
//   sending, rosterseen, changeroster, halt, erase   another roster for the exam; no more of
//                      a batch; none of it any more
//   keys, stream       what comes in: keys, and the server's news
import { at } from "./address.js";
import { wireRoster } from "./changeroster.js";
import { showing } from "./claims.js";
import { $, announce, el, problem } from "./dom.js";
import { wireErase } from "./erase.js";
import { exam, knows, label, tellOverruled } from "./exam.js";
import { drawHalt, wireHalt } from "./halt.js";
import { onKey } from "./keys.js";
import { drawAbsent, drawGrid, empty, stateText } from "./lists.js";
import { drawReview } from "./review.js";
import { over } from "./session.js";
import { openBatch } from "./stream.js";
import { drawProgress, drawTabs } from "./tabs.js";
import { openTake } from "./take.js";
import { send, wordOf } from "./verdicts.js";
import { onRedraw, view } from "./view.js";
import { t, when } from "./words.js";

const RETRY = 3000, SOON = 700;

onRedraw(() => {
  drawProgress();
  drawHalt();
  drawTabs();
  if (view.tab !== "review") showing("");
  if ($("roster")) $("roster").hidden = !exam.batch;
  if ($("deliveries")) $("deliveries").href = at.told();
  if (view.tab === "review") drawReview();
  else if (view.tab === "absent") drawAbsent();
  else drawGrid();
});

for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
document.addEventListener("keydown", onKey);
openTake();
$("batches").addEventListener("change", (e) => openBatch(e.target.value));
wireRoster();
wireHalt();
wireErase();
document.addEventListener("visibilitychange", () => showing(view.tab === "review" ? view.current : ""));
addEventListener("pagehide", () => showing(""));
tellOverruled((s, mine) => {
  const word = wordOf(knows(mine) ? { student_id: mine } : { verdict: mine });
  view.notice = t("overruled", { file: label(s), mine: word, now: stateText(s) });
  announce(view.notice);
});
// What has been said is sent before the page goes.
addEventListener("pagehide", () => send());

async function begin() {
  const answer = await fetch(at.batches()).catch(() => null);
  if (!answer?.ok) {
    if (answer?.status === 401) return over();
    problem(answer?.status === 403 ? (await answer.text()).trim() : t("unavailable"));
    setTimeout(begin, RETRY);
    return;
  }
  const list = await answer.json();
  const wanted = new URLSearchParams(location.search).get("batch");
  if (!list.length) {
    if (wanted) return wait();
    empty(t("none"));
    setTimeout(begin, RETRY);
    return;
  }
  if (exam.batch) return; // somebody has chosen another meanwhile
  $("batches").replaceChildren(...list.map((b) => el("option", { value: b.id }, `${when(b.started)} · ${b.id}`)));
  const chosen = wanted ? list.find((b) => b.id === wanted) : list[0];
  $("batches").value = chosen?.id ?? "";
  if (!chosen) return wait(); // it was begun just now
  openBatch(chosen.id);
}

// wait looks soon again for a batch that no worker has taken yet.
function wait() {
  empty(t("waitWorker"));
  setTimeout(begin, SOON);
}
begin();
