// This window tells the others which sheet it shows, so that they show another.
import { at } from "./address.js";
import { meta } from "./dom.js";
import { exam, thisWindow } from "./exam.js";

// RENEW is a third of the time for which the server lets a claim hold.
const RENEW = 15000;

let told = "", timer = 0;

// showing tells which sheet is shown, "" for none. It is a courtesy: what goes wrong with
// it goes unsaid, and is done again.
export function showing(id) {
  const shown = document.hidden ? "" : id;
  if (shown === told) return;
  told = shown;
  tell();
}

function tell() {
  clearTimeout(timer);
  if (!exam.batch) return;
  fetch(at.claims(), {
    method: "POST", keepalive: true, headers: { "Content-Type": "application/json", "X-CSRF-Token": meta("csrf") }, body: JSON.stringify({ window: thisWindow, sheet: told }),
  }).catch(() => {});
  if (told) timer = setTimeout(tell, RENEW);
}
