// A large file goes up in parts, which are noted as they have gone: a broken line, and a
// page that was closed, cost no more than a part.
import { meta } from "./dom.js";
import { large, noteLarge } from "./noted.js";

const PART = Number(meta("part"));

export const isLarge = (size) => size > PART;

// sendLarge sends what hasn't gone yet of a file of the exam. It asks by call, and has
// send(blob, query, gone) send a part; both give an answer's status and text, and send the
// part's tag. What it gives is the answer that it ended with: above 299 it is to be called
// again, or given up.
export async function sendLarge(code, file, blob, { at, call, send, gone }) {
  const query = `name=${encodeURIComponent(file.name)}&size=${blob.size}`;
  let known = large(code, file.name);
  const noted = Boolean(known);
  if (!known) {
    const begun = await call("POST", `${at}/scans/large?${query}`);
    if (begun.status !== 200) return begun;
    known = { ...JSON.parse(begun.text), tags: [] };
  }
  const mine = `${query}&upload=${encodeURIComponent(known.upload)}`;
  // What the bucket no longer knows begins anew, but not for ever.
  const ended = (answer) => {
    if (answer.status !== 410) return answer;
    noteLarge(code, file.name, null);
    return noted ? { ...answer, status: 0 } : answer;
  };
  for (let from = known.tags.length * PART; from < blob.size; from += PART) {
    const part = blob.slice(from, from + PART);
    const answer = await send(part, `${mine}&part=${known.tags.length + 1}`, (n) => gone(from + Math.min(n, part.size)));
    if (answer.status < 200 || answer.status > 299) return ended(answer);
    known.tags.push(answer.tag);
    noteLarge(code, file.name, known);
  }
  return ended(await call("POST", `${at}/scans/large/end?${mine}`, { tags: known.tags }));
}
