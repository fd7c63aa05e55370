// Sendings that were begun and not ended, so that they can be gone on with after the page
// was loaded again.

const place = (code) => `hakbeon upload ${code}`;

// batchOf is the batch of an exam that the files go to: the one of before that was not
// ended, if each of its files that is here again is the same by its mark. One of the same
// name and length may be another, as scans without compression are: then nothing that was
// sent before counts.
export function batchOf(code, sheets) {
  const known = read(code);
  const same = known && sheets.every((s) => (known.marks[s.name] ?? s.mark) === s.mark);
  const id = same ? known.id : newBatch();
  const marks = { ...(same ? known.marks : {}), ...Object.fromEntries(sheets.map((s) => [s.name, s.mark])) };
  if (!note(code, { id, marks, large: same ? known.large : {} })) done(code); // it can't be gone on with
  return id;
}

function note(code, what) {
  try {
    localStorage.setItem(place(code), JSON.stringify(what));
    return true;
  } catch {
    return false; // there is no room
  }
}

// large is what has gone to a batch of a file that comes in parts: its upload, the size of
// its parts, and their tags.
export function large(code, batch, name) {
  const known = read(code);
  return known?.id === batch ? known.large?.[name] : undefined;
}

// noteLarge notes it; undefined forgets it.
export function noteLarge(code, batch, name, what) {
  const known = read(code);
  if (known?.id === batch) note(code, { ...known, large: { ...known.large, [name]: what } });
}

export function done(code) { localStorage.removeItem(place(code)); }

function read(code) {
  try {
    const known = JSON.parse(localStorage.getItem(place(code)));
    return known?.id && known.marks ? known : null;
  } catch {
    return null;
  }
}

// newBatch is a batch's id that nobody else takes: the moment, by the clock of whoever
// brings it, and a little chance.
function newBatch() {
  const now = new Date();
  const two = (n) => String(n).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  const chance = Array.from(crypto.getRandomValues(new Uint8Array(4)), (n) => n.toString(16).padStart(2, "0")).join("");
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}-${chance}`;
}
