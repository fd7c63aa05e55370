// Answers that could not be sent because the session was over. They are kept with this
// tab, and are sent once the same person has logged in again in it.
import { meta } from "./dom.js";

const KEY = "hakbeon unsent";
const MOST = 200;

const read = () => {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
  } catch {
    return [];
  }
};

function write(list) {
  if (list.length) sessionStorage.setItem(KEY, JSON.stringify(list.slice(-MOST)));
  else sessionStorage.removeItem(KEY);
}

export function keepUnsent(address, body) { write([...read(), { person: meta("person"), address, body }]); }

// takeUnsent gives what this person has left for an address, in order, and forgets it;
// others counts what somebody else has left in this tab, which nobody else may send.
export function takeUnsent(address) {
  const all = read();
  const own = all.filter((u) => u.person === meta("person"));
  const mine = own.filter((u) => u.address === address);
  write(own.filter((u) => u.address !== address));
  return { mine: mine.map((u) => u.body), others: all.length - own.length };
}
