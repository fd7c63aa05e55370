// The way to the workbook, open once it tells of all that was said.
import { at } from "./address.js";
import { el } from "./dom.js";
import { pending } from "./exam.js";
import { t } from "./words.js";

export function reportLink(attributes) {
  const node = el("a", attributes);
  setReport(node);
  return node;
}

export function setReport(node) {
  const wait = pending();
  node.textContent = t(wait ? "reportSoon" : "report");
  node.role = "link";
  node.ariaDisabled = String(wait);
  if (wait) node.removeAttribute("href");
  else node.href = at.report();
}
