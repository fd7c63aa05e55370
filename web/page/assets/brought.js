// Who has brought in what is looked at.
import { at } from "./address.js";
import { $ } from "./dom.js";
import { t, when } from "./words.js";

export async function drawBrought() {
  const answer = await fetch(at.brought()).catch(() => null);
  if (!answer?.ok) return;
  const all = await answer.json();
  const latest = ["scans", "roster"].map((what) => all.findLast((b) => b.what === what)).filter(Boolean);
  $("brought").textContent = latest.map((b) => t("brought_" + b.what, { by: b.by, when: when(b.at), n: b.count })).join(" · ");
  $("brought").hidden = !latest.length;
}
