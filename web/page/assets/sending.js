// Files go up, a few at a time; what a broken line has left undone is done again.
import { call, passes } from "./asking.js";
import { meta } from "./dom.js";
import { isLarge, sendLarge } from "./large.js";
import { t } from "./words.js";

const LINES = 4;
const WAIT = 1000, LONGEST = 30000;

// put sends bytes and tells how many have gone; fetch doesn't tell. The bucket is not told
// the page's token, and calls the bytes by a tag.
function put(url, blob, gone, signal, token = meta("csrf")) {
  return new Promise((done) => {
    if (signal.aborted) return done({ status: 0, text: t("lost") });
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open("PUT", url);
    if (token) request.setRequestHeader("X-CSRF-Token", token);
    request.upload.onprogress = (e) => gone(e.loaded);
    request.onload = () => done({ status: request.status, text: request.responseText.trim(), tag: token ? undefined : request.getResponseHeader("ETag") });
    request.onerror = request.onabort = () => done({ status: 0, text: t("lost") });
    request.onloadend = () => signal.removeEventListener("abort", stop);
    signal.addEventListener("abort", stop);
    request.send(blob);
  });
}

const isTaken = ({ status }) => status >= 200 && status < 300;

function pause(ms, signal) {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    const now = () => { clearTimeout(timer); done(); };
    addEventListener("online", now, { once: true });
    signal.addEventListener("abort", now, { once: true });
  });
}

// sendAll sends an exam's files to a batch: through the server or, as long as direct holds
// and the bucket takes them, straight there. Of each file, had bytes have gone before. It
// tells the bytes that have gone since, and trouble that may pass, "" when it has. It gives
// the files that were refused, each with why, and the reason for which all was stopped, if
// it was.
export async function sendAll(to, files, { direct, progress, trouble, signal }) {
  const waiting = [...files], going = new Map(), refused = [];
  let sent = 0, stopped = "", took = false;
  const tell = () => progress(sent + [...going.values()].reduce((a, b) => a + b, 0), files.length - waiting.length - going.size);
  // send sends a file or a part of one. What the bucket doesn't take, for want of leave to
  // be asked by a page, because an address is too old or an upload gone, or because browsers
  // can't reach it, goes by the server, and so does a part whose tag a page may not see.
  // After two such in a row, or the very first, all goes there.
  const send = async (blob, query, gone, under) => {
    if (direct) {
      const asked = await call("POST", `${to.at}/address?${query}`);
      if (asked.status !== 200) return asked;
      const answer = await put(JSON.parse(asked.text).url, blob, gone, signal, "");
      if (signal.aborted) return { ...answer, status: 0 };
      const before = took;
      took = isTaken(answer) && (under === "scans" || Boolean(answer.tag));
      if (took) return answer;
      direct = before;
    }
    const answer = await put(`${to.at}/${under}?${query}`, blob, gone, signal);
    return isTaken(answer) && answer.text ? { ...answer, ...JSON.parse(answer.text) } : answer;
  };
  let turn = Promise.resolve(); // large files go one at a time: each part should come soon
  const alone = (act) => (turn = turn.then(act, act));
  const one = async (file) => {
    let blob;
    try {
      blob = await file.read();
    } catch (error) {
      return refused.push({ file, why: t(error.message.startsWith("zip") ? error.message : "unreadableFile") });
    }
    const gone = (n) => { going.set(file, Math.max(0, Math.min(n, file.size) - file.had)); tell(); };
    let wait = WAIT;
    const part = async (blob, query, gone) => {
      const answer = await send(blob, query, gone, "scans/large");
      if (isTaken(answer)) { wait = WAIT; trouble(""); }
      return answer;
    };
    const whole = () => isLarge(blob.size) ? alone(() => sendLarge(to, file, blob, { gone, send: part }))
      : send(blob, `name=${encodeURIComponent(file.name)}&size=${blob.size}`, gone, "scans");
    for (; !signal.aborted && !stopped; wait = Math.min(2 * wait, LONGEST)) {
      const answer = await whole();
      if (isTaken(answer)) { sent += file.size - file.had; trouble(""); return; }
      if (answer.status === 401 || answer.status === 403) { stopped = t("againSend"); return; }
      if (!passes(answer.status)) return refused.push({ file, why: answer.text });
      if (signal.aborted) return;
      trouble(answer.status === 429 ? "" : t("lostSend"));
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
