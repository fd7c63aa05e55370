// Files go up, a few at a time; what a broken line has left undone is done again.
import { meta } from "./dom.js";
import { t } from "./words.js";

const LINES = 4;
const WAIT = 1000, LONGEST = 30000;

// call is a request with the page's token. Without an answer the status is 0.
export async function call(method, url, body) {
  try {
    const headers = { "X-CSRF-Token": meta("csrf") };
    if (body && !(body instanceof Blob)) headers["Content-Type"] = "application/json";
    const answer = await fetch(url, { method, headers, body: body && !(body instanceof Blob) ? JSON.stringify(body) : body });
    return { status: answer.status, text: (await answer.text()).trim() };
  } catch {
    return { status: 0, text: t("lost") };
  }
}

// put sends bytes and tells how many have gone; fetch doesn't tell. The bucket is not told
// the page's token.
function put(url, blob, gone, signal, token = meta("csrf")) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    if (token) request.setRequestHeader("X-CSRF-Token", token);
    request.upload.onprogress = (e) => gone(e.loaded);
    request.onload = () => done({ status: request.status, text: request.responseText.trim() });
    request.onerror = request.onabort = () => done({ status: 0, text: t("lost") });
    signal.addEventListener("abort", () => request.abort());
    request.send(blob);
  });
}

// passes holds for answers after which the same request may be taken; 507 is a full disk.
export const passes = (status) => status === 0 || status === 429 || (status >= 500 && status !== 507);

function pause(ms, signal) {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    const now = () => { clearTimeout(timer); done(); };
    addEventListener("online", now, { once: true });
    signal.addEventListener("abort", now, { once: true });
  });
}

// sendAll sends the files to under(name), or, as long as the bucket takes them, straight
// there, where direct(name, size) asks for a file's address. It tells the bytes that have gone, and trouble
// that may pass, "" when it has. It gives the files that were refused, each with why, and
// the reason for which all was stopped, if it was.
export async function sendAll(files, under, { direct, progress, trouble, signal }) {
  const waiting = [...files], going = new Map(), refused = [];
  let sent = 0, stopped = "";
  const tell = () => progress(sent + [...going.values()].reduce((a, b) => a + b, 0), files.length - waiting.length - going.size);
  // straight sends a file into the bucket. Whatever the bucket doesn't take, for want of
  // leave to be asked by a page or because an address is too old, goes the other way.
  const straight = async (file, blob, tell) => {
    const asked = await call("POST", direct(file.name, blob.size));
    if (asked.status !== 200) return asked;
    const answer = await put(JSON.parse(asked.text).url, blob, tell, signal, "");
    if (answer.status >= 200 && answer.status < 300 || signal.aborted) return answer;
    direct = null;
    return put(under(file.name), blob, tell, signal);
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
      const { status, text } = direct ? await straight(file, blob, gone) : await put(under(file.name), blob, gone, signal);
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
