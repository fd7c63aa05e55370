// A large file goes up in parts, which are noted as they have gone: a broken line, and a
// page that was closed, cost no more than a part.
import { call } from "./asking.js";
import { meta } from "./dom.js";
import { large, noteLarge } from "./noted.js";

const PART = Number(meta("part"));

export const isLarge = (size) => size > PART;

// begun is how many bytes of an exam's file have gone to a batch, in parts, before.
export const begun = (code, batch, file) => Math.min(file.size, (noted(code, batch, file)?.tags.length ?? 0) * PART);

const under = new WeakMap(); // what has gone of a file of this page

// noted is what has gone; to another batch, or in parts of another size, nothing has.
function noted(code, batch, file) {
  const known = under.get(file)?.batch === batch ? under.get(file) : large(code, batch, file.name);
  return known?.part === PART ? known : null;
}

// sendLarge sends what hasn't gone yet of a file. It has send(blob, query, gone) send a
// part, which gives the answer's status and text, and the part's tag; and tells by gone the
// bytes that have gone of the file. What it gives is the answer that it ended with: above
// 299 it is to be called again, or given up.
export async function sendLarge({ code, batch, at }, file, blob, { send, gone }) {
  const query = `name=${encodeURIComponent(file.name)}&size=${blob.size}`;
  let known = noted(code, batch, file);
  const again = Boolean(known);
  const keep = () => { under.set(file, known); noteLarge(code, batch, file.name, known); };
  if (!known) {
    const answer = await call("POST", `${at}/scans/large?${query}`);
    if (answer.status !== 200) return answer;
    known = { ...JSON.parse(answer.text), batch, part: PART, tags: [] };
    keep();
  }
  const mine = `${query}&upload=${encodeURIComponent(known.upload)}`;
  // What the bucket no longer knows begins anew, but not for ever.
  const ended = (answer) => {
    if (answer.status !== 410) return answer;
    known = undefined;
    keep();
    return again ? { ...answer, status: 0 } : answer;
  };
  while (known.tags.length * PART < blob.size) {
    const from = known.tags.length * PART, part = blob.slice(from, from + PART);
    const answer = await send(part, `${mine}&part=${known.tags.length + 1}`, (n) => gone(from + Math.min(n, part.size)));
    if (answer.status < 200 || answer.status > 299) return ended(answer);
    known.tags.push(answer.tag);
    keep();
  }
  return ended(await call("POST", `${at}/scans/large/end?${mine}`, { tags: known.tags }));
}
