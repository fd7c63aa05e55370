// What this window shows and what has been begun in it. Whoever changes it calls
// redraw; main.js says what that does, so that nobody here knows the drawing parts.
import { announce, fill, focusMain } from "./dom.js";
import { label, sheet } from "./exam.js";

export const view = {
  tab: "", watching: false, // nobody has chosen a tab while the exam is read
  current: "", // the sheet that is asked about
  opened: "", from: "", // the sheet that was opened from a list, and that list
  trail: [], // sheets as they were shown, the last one last
  answered: [], // sheets as they were before each answer of this window
  shown: "", // what is drawn, to draw it only once
  drawn: "", // the sheet that is drawn
  filter: "", picked: 0, // the search
  meanings: new Map(), // what each answer's key means and since when
  notice: "", // what another person did that this one should know
  asked: null, // the answer that waits for its key to be pressed again
  near: new Map(), // sheets whose pictures are kept ready, by id
};

let draw = () => {};
export function onRedraw(run) { draw = run; }
export function redraw() { draw(); }

// begin is the state before a batch's first news.
export function begin() {
  Object.assign(view, { tab: "", current: "", opened: "", trail: [], answered: [], notice: "", shown: "", asked: null });
  fill();
}

export function choose(tab) {
  Object.assign(view, { tab, watching: false, shown: "", meanings: new Map(), opened: "", asked: null });
  fill();
  redraw();
}

// openSheet opens any sheet for review, whatever has been said of it.
export function openSheet(id, state) {
  const from = view.tab;
  choose("review");
  Object.assign(view, { opened: id, current: id, from });
  redraw();
  scrollTo(0, 0);
  focusMain();
  announce(`${label(sheet(id))}: ${state}`);
}

export function closeSheet() {
  const id = view.opened;
  choose(view.from);
  document.getElementById(`tile-${id}`)?.focus();
}
