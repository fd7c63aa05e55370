// The page of all exams. Its modules, each knowing only those above it:
//
//   words, dom
//   zip, files       what was dropped
//   session          its end
//   asking           requests
//   noted, large     sendings that were begun and not ended; files that go up in parts
//   sending          files that go up
//   rosterseen       what a roster holds
//   bring, examlist  an exam is brought in; those that are there
import { wire } from "./bring.js";
import { $ } from "./dom.js";
import { drawList, keepLooking, known } from "./examlist.js";
import { t } from "./words.js";

for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
$("search").placeholder = t("searchExams");
$("search").ariaLabel = t("searchExams");
$("search").addEventListener("input", drawList);
wire(known);
keepLooking();
