// What a person has dropped or chosen: sheets, rosters, and what is neither.
import { meta } from "./dom.js";
import { entries } from "./zip.js";

const ROSTERS = [".xlsx", ".xls", ".csv"];
const endings = meta("endings").split(" ");
const maxFile = Number(meta("max-file")), maxPDF = Number(meta("max-pdf"));

const endingOf = (name) => name.slice(name.lastIndexOf(".")).toLowerCase();
const lastOf = (name) => name.slice(name.lastIndexOf("/") + 1);

// isLitter holds for what systems leave in folders: nobody misses it.
const isLitter = (name) => name.split("/").includes("__MACOSX") || name.split("/").some((part) => part.startsWith(".")) || /^(thumbs\.db|ehthumbs\.db|desktop\.ini)$/i.test(lastOf(name));

// dropped are the files of a drop, those in folders with their paths. The entries are
// taken at once: they are gone after the first wait.
export async function dropped(transfer) {
  const items = [...transfer.items].filter((i) => i.kind === "file").map((i) => i.webkitGetAsEntry?.() ?? i.getAsFile());
  const files = [];
  for (const item of items) if (item) await walk(item, files);
  return files;
}

async function walk(entry, files) {
  if (entry instanceof File) return files.push({ name: entry.name, file: entry });
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    return files.push({ name: entry.fullPath.replace(/^\//, ""), file });
  }
  const reader = entry.createReader();
  for (;;) { // it gives a hundred at a time
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return;
    for (const one of some) await walk(one, files);
  }
}

export const chosen = (input) => [...input.files].map((file) => ({ name: file.webkitRelativePath || file.name, file }));

const plainFile = ({ name, file }) => ({ name, size: file.size, mark: `${file.size} ${file.lastModified}`, read: async () => file });

// sort tells sheets, rosters and ZIPs apart, and looks into the last. Each file that is
// passed over is told with its reason, a text's name.
export async function sort(files) {
  const out = { sheets: [], rosters: [], passed: [] };
  for (const f of files) {
    if (isLitter(f.name)) continue;
    if (endingOf(f.name) === ".zip") await unzip(f, out);
    else place(plainFile(f), out);
  }
  return out;
}

async function unzip(f, out) {
  try {
    const folder = f.name.slice(0, -".zip".length);
    for (const e of await entries(f.file)) {
      if (isLitter(e.name)) continue;
      if (e.locked) out.passed.push({ name: `${f.name}: ${e.name}`, why: "zipLocked" });
      else place({ name: `${folder}/${e.name}`, size: e.size, mark: `${f.file.size} ${f.file.lastModified} ${e.size}`, read: e.read }, out);
    }
  } catch (error) {
    out.passed.push({ name: f.name, why: error.message });
  }
}

function place(file, out) {
  const ending = endingOf(file.name);
  if (ROSTERS.includes(ending)) out.rosters.push(file);
  else if (!endings.includes(ending)) out.passed.push({ name: file.name, why: ending === ".zip" ? "zipInZip" : "noSheet" });
  else if (file.size > (ending === ".pdf" ? maxPDF : maxFile)) out.passed.push({ name: file.name, why: "tooLarge" });
  else if (!file.size) out.passed.push({ name: file.name, why: "emptyFile" });
  else out.sheets.push(file);
}

// add puts sheets to those that are there. The same file again counts once; another one of
// the same name gets a folder of its own, so that none is lost.
export function add(sheets, more) {
  const byName = new Map(sheets.map((s) => [s.name, s]));
  for (const file of more) {
    const name = file.name.normalize("NFC");
    let free = name;
    for (let n = 2; byName.has(free) && byName.get(free).mark !== file.mark; n++) free = `${n}/${name}`;
    byName.set(free, { ...file, name: free });
  }
  return [...byName.values()].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}
