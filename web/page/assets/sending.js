// Files go up, a few at a time; what a broken line has left undone is done again.
import { call, passes } from "./asking.js";
import { meta } from "./dom.js";
import { isLarge, sendLarge } from "./large.js";
import { t } from "./words.js";

const LINES = 4;
const WAIT = 1000, LONGEST = 30000;

// put sends bytes and tells how many have gone; fetch doesn't tell. The bucket is not told
// the page's token. The tag is what the bucket calls the bytes.
function put(url, blob, gone, signal, token = meta("csrf")) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    if (token) request.setRequestHeader("X-CSRF-Token", token);
    request.upload.onprogress = (e) => gone(e.loaded);
    request.onload = () => done({ status: request.status, text: request.responseText.trim(), tag: request.getResponseHeader("ETag") });
    request.onerror = request.onabort = () => done({ status: 0, text: t("lost") });
    signal.addEventListener("abort", () => request.abort());
    request.send(blob);
  });
}

function pause(ms, signal) {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    const now = () => { clearTimeout(timer); done(); };
    addEventListener("online", now, { once: true });
    signal.addEventListener("abort", now, { once: true });
  });
}

// sendAll sends an exam's files to the batch at this address: through the server or, as
// long as direct holds and the bucket takes them, straight there. It tells the bytes that
// have gone, and trouble that may pass, "" when it has. It gives the files that were
// refused, each with why, and the reason for which all was stopped, if it was.
export async function sendAll(code, files, at, { direct, progress, trouble, signal }) {
  const waiting = [...files], going = new Map(), refused = [];
  let sent = 0, stopped = "", took = false;
  const tell = () => progress(sent + [...going.values()].reduce((a, b) => a + b, 0), files.length - waiting.length - going.size);
  // send sends a file or a part of one. Whatever the bucket doesn't take, for want of
  // leave to be asked by a page or because an address is too old, goes the other way, and
  // so does a part whose tag it doesn't let a page see.
  const send = async (blob, query, gone, under) => {
    if (direct) {
      const asked = await call("POST", `${at}/address?${query}`);
      if (asked.status !== 200) return asked;
      const answer = await put(JSON.parse(asked.text).url, blob, gone, signal, "");
      const taken = answer.status >= 200 && answer.status < 300 && (under === "scans" || answer.tag);
      took ||= taken;
      if (taken || signal.aborted || (took && !answer.status)) return answer; // a broken line says as little as a bucket that isn't to be asked
      direct = false;
    }
    return put(`${at}/${under}?${query}`, blob, gone, signal);
  };
  const whole = (file, blob, gone) => {
    if (!isLarge(blob.size)) return send(blob, `name=${encodeURIComponent(file.name)}&size=${blob.size}`, gone, "scans");
    return sendLarge(code, file, blob, { at, call, gone, send: (part, query, gone) => send(part, query, gone, "scans/large") });
  };
  const one = async (file) => {
    let blob;
    try {
      blob = await file.read();
    } catch (error) {
      return refused.push({ file, why: t(error.message.startsWith("zip") ? error.message : "unreadableFile") });
    }
    for (let wait = WAIT; !signal.aborted && !stopped; wait = Math.min(2 * wait, LONGEST)) {
      const gone = (n) => { going.set(file, Math.min(n, file.size)); tell(); };
      const { status, text } = await whole(file, blob, gone);
      if (status >= 200 && status < 300) { sent += file.size; trouble(""); return; }
      if (status === 401 || status === 403) { stopped = t("againSend"); return; }
      if (!passes(status)) return refused.push({ file, why: text });
      if (signal.aborted) return;
      trouble(status === 429 ? "" : t("lostSend"));
      await pause(wait, signal);
    }
  };
  const line = async () => {
    while (waiting.length && !signal.aborted && !stopped) {
      const file = waiting.shift();
      going.set(file, 0);
      await one(file);
      going.delete(file);
      tell();
    }
  };
  await Promise.all(Array.from({ length: LINES }, line));
  return { refused, stopped };
}
