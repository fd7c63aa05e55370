// Words in the page's language.
import { START } from "./starttexts.js";
import { TEXTS } from "./texts.js";

export const lang = document.documentElement.lang;
const texts = { ...(TEXTS[lang] ?? TEXTS.en), ...(START[lang] ?? START.en) };

// t is a text with its values filled in.
export const t = (key, values = {}) => (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

// reason is why a sheet lies where it lies.
export const reason = (code) => texts.reasons[code] ?? code;

// said is a detail, which the server says in both languages, in the page's.
export const said = (detail) => detail?.[lang] ?? detail?.en ?? "";

export const percent = (p) => (p * 100).toFixed(p > 0.9 && p < 0.99995 ? 2 : 1) + " %";

// bytes is a size, in the unit that suits it.
export const bytes = (n) => (n < 1e6 ? Math.ceil(n / 1e3) + " KB" : n < 1e9 ? (n / 1e6).toFixed(1) + " MB" : (n / 1e9).toFixed(2) + " GB");

// when is a moment, as people of the page's language write it.
export const when = (moment) => new Date(moment).toLocaleString(lang, { dateStyle: "medium", timeStyle: "short" });
