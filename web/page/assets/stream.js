// The batch that is looked at, and the server's news of it.
import { at } from "./address.js";
import { problem } from "./dom.js";
import { exam, forget, take } from "./exam.js";
import { send } from "./verdicts.js";
import { begin, redraw, view } from "./view.js";
import { said, t } from "./words.js";

let source = null;

export function openBatch(id) {
  source?.close();
  send();
  forget(id);
  begin();
  source = new EventSource(at.events());
  source.addEventListener("state", (e) => news(JSON.parse(e.data)));
  source.addEventListener("problem", (e) => problem(t(JSON.parse(e.data))));
  source.addEventListener("error", () => problem(t("lost")));
  history.replaceState(null, "", at.page());
}

function news(m) {
  take(m);
  problem([view.notice, ...(m.alarms ?? []).map((a) => t(a)), ...(m.notes ?? []).map(said)].filter(Boolean).join(" "));
  if (!view.tab) view.tab = exam.info.epoch ? "review" : "all";
  redraw();
}
