// The server is asked, and says whether it may be asked again.
import { meta } from "./dom.js";
import { t } from "./words.js";

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

// passes holds for answers after which the same request may be taken; 408 is a slow line.
export const passes = (status) => status === 0 || status === 408 || status === 429 || status >= 500;
