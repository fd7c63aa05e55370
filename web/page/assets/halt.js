// A batch that is being read is cancelled, once it was asked again.
import { at } from "./address.js";
import { call } from "./asking.js";
import { $, announce } from "./dom.js";
import { exam } from "./exam.js";
import { t } from "./words.js";

let asked = ""; // the batch that has been asked to end

export function wireHalt() {
  const dialog = $("halt-dialog");
  if (!dialog) return;
  $("halt").addEventListener("click", () => { say(""); $("halt-do").disabled = false; dialog.showModal(); });
  $("halt-not").addEventListener("click", () => dialog.close());
  $("halt-do").addEventListener("click", halt);
}

// drawHalt offers it while there is something to cancel.
export function drawHalt() {
  if (!$("halt")) return;
  $("halt").hidden = exam.info.epoch > 0 || asked === exam.batch;
  if (exam.info.epoch > 0) $("halt-dialog").close();
}

function say(text) {
  $("halt-problem").textContent = text;
  $("halt-problem").hidden = !text;
}

async function halt() {
  const batch = exam.batch;
  $("halt-do").disabled = true;
  const { status, text } = await call("POST", at.cancel());
  $("halt-do").disabled = false;
  if (status !== 202) return say(status === 401 ? t("again") : text);
  asked = batch;
  $("halt-dialog").close();
  $("main").focus({ preventScroll: true });
  drawHalt();
  announce(t("haltAsked"));
}
