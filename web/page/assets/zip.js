// What is in a ZIP, without unpacking all of it: each entry is unpacked when its turn
// comes, and no further than it says that it is long.
const END = 0x06054b50, END64 = 0x06064b50, LOCATOR64 = 0x07064b50, ENTRY = 0x02014b50;
const MOST_ENTRIES = 100000, MOST_DIRECTORY = 64 << 20;

// The error's message is the name of a text.
const wrong = (name) => new Error(name);

// entries are the files in the ZIP: name, size, and read, which gives the bytes.
export async function entries(zip) {
  const { count, size, offset } = await directory(zip);
  if (count > MOST_ENTRIES || size > MOST_DIRECTORY || offset + size > zip.size) throw wrong("zipBroken");
  const view = await look(zip, offset, size);
  const found = [];
  for (let at = 0, n = 0; n < count; n++) {
    if (at + 46 > size || view.getUint32(at, true) !== ENTRY) throw wrong("zipBroken");
    const [nameLength, extraLength, noteLength] = [28, 30, 32].map((i) => view.getUint16(at + i, true));
    const next = at + 46 + nameLength + extraLength + noteLength;
    if (next > size) throw wrong("zipBroken");
    const entry = read(view, at, nameLength, extraLength);
    if (!entry.name.endsWith("/")) found.push({ ...entry, read: () => unpack(zip, entry) });
    at = next;
  }
  return found;
}

async function look(zip, from, size) {
  return new DataView(await zip.slice(from, from + size).arrayBuffer());
}

// directory says where the list of entries lies.
async function directory(zip) {
  const size = Math.min(zip.size, 22 + 0xffff);
  const from = zip.size - size;
  const view = await look(zip, from, size);
  let at = size - 22;
  while (at >= 0 && view.getUint32(at, true) !== END) at--;
  if (at < 0) throw wrong("zipBroken");
  const found = { count: view.getUint16(at + 10, true), size: view.getUint32(at + 12, true), offset: view.getUint32(at + 16, true) };
  if (at < 20 || view.getUint32(at - 20, true) !== LOCATOR64) return found;
  const end = await look(zip, Number(view.getBigUint64(at - 12, true)), 56);
  if (end.byteLength < 56 || end.getUint32(0, true) !== END64) throw wrong("zipBroken");
  return { count: Number(end.getBigUint64(32, true)), size: Number(end.getBigUint64(40, true)), offset: Number(end.getBigUint64(48, true)) };
}

function read(view, at, nameLength, extraLength) {
  const flags = view.getUint16(at + 8, true);
  const long = longSizes(view, at, at + 46 + nameLength, extraLength);
  return {
    name: nameOf(new Uint8Array(view.buffer, at + 46, nameLength), flags & 0x800).replaceAll("\\", "/").replace(/^\/+/, ""),
    locked: Boolean(flags & 1), method: view.getUint16(at + 10, true), ...long,
  };
}

// longSizes are the entry's, of 64 bits where it has them.
function longSizes(view, at, extra, extraLength) {
  const out = { packed: view.getUint32(at + 20, true), size: view.getUint32(at + 24, true), offset: view.getUint32(at + 42, true) };
  for (let i = extra; i + 4 <= extra + extraLength; i += 4 + view.getUint16(i + 2, true)) {
    if (view.getUint16(i, true) !== 1) continue;
    let from = i + 4;
    for (const field of ["size", "packed", "offset"]) {
      if (out[field] !== 0xffffffff || from + 8 > extra + extraLength) continue;
      out[field] = Number(view.getBigUint64(from, true));
      from += 8;
    }
  }
  return out;
}

// nameOf reads a name: Korean Windows writes CP949 and does not say so.
function nameOf(bytes, utf8) {
  if (utf8) return new TextDecoder().decode(bytes);
  for (const encoding of ["utf-8", "euc-kr"]) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch { /* the next */ }
  }
  return new TextDecoder("latin1").decode(bytes);
}

async function unpack(zip, entry) {
  if (entry.locked) throw wrong("zipLocked");
  const head = await look(zip, entry.offset, 30);
  if (head.byteLength < 30) throw wrong("zipBroken");
  const from = entry.offset + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const packed = zip.slice(from, from + entry.packed);
  if (entry.method === 0 && entry.packed === entry.size) return packed;
  if (entry.method !== 8) throw wrong("zipMethod");
  return inflate(packed, entry.size);
}

async function inflate(packed, size) {
  const reader = packed.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => { throw wrong("zipBroken"); });
    if (done) break;
    length += value.length;
    if (length > size) {
      await reader.cancel();
      throw wrong("zipBroken");
    }
    parts.push(value);
  }
  if (length !== size) throw wrong("zipBroken");
  return new Blob(parts);
}
