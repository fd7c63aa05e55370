// Words in the page's language.
import { TEXTS } from "./texts.js";

const lang = document.documentElement.lang;
const texts = TEXTS[lang] || TEXTS.en;

// t is a text with its values filled in.
export const t = (key, values = {}) => (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

// reason is why a sheet lies where it lies.
export const reason = (code) => texts.reasons[code] ?? code;

// said is a detail, which the server says in both languages, in the page's.
export const said = (detail) => detail?.[lang] ?? detail?.en ?? "";

export const percent = (p) => (p * 100).toFixed(p > 0.9 && p < 0.99995 ? 2 : 1) + " %";
