// An exam is deleted, once its code was typed.
import { at, code } from "./address.js";
import { call } from "./asking.js";
import { $ } from "./dom.js";
import { t } from "./words.js";

export function wireErase() {
  const dialog = $("erase-dialog");
  if (!dialog) return;
  $("erase-label").textContent = t("eraseType", { code });
  $("erase").addEventListener("click", () => {
    $("erase-code").value = "";
    $("erase-do").disabled = true;
    say("");
    dialog.showModal();
  });
  $("erase-code").addEventListener("input", () => { $("erase-do").disabled = $("erase-code").value !== code; });
  $("erase-cancel").addEventListener("click", () => dialog.close());
  $("erase-do").addEventListener("click", erase);
}

function say(text) {
  $("erase-problem").textContent = text;
  $("erase-problem").hidden = !text;
}

async function erase() {
  $("erase-do").disabled = true;
  say("");
  const { status, text } = await call("DELETE", at.erase());
  if (status === 204 || status === 404) {
    location.href = "exams";
    return;
  }
  say(status === 401 ? t("again") : status === 409 ? t("eraseOpen") : text);
  $("erase-do").disabled = false;
}
