// How a page lies in its window: a view v has the page's sheet and img, the window, and
// scale, x, y, turn (in quarters) and fitted, that it is seen as a whole. v.drawn is
// called after each change.
const CLOSEST = 8; // pixels of the screen for one of the picture
const ROOM = 3, AROUND = 1.3; // so many heights and widths of a place are seen when it is zoomed to

// The page is turned and scaled about its middle, which lies at x, y of the window.
const across = (v) => (v.turn % 2 ? [v.img.naturalHeight, v.img.naturalWidth] : [v.img.naturalWidth, v.img.naturalHeight]);
const room = (v) => [v.window.clientWidth, v.window.clientHeight];

function fits(v) {
  const [w, h] = across(v), [width, height] = room(v);
  return Math.min(width / w, height / h);
}

export function fit(v) {
  if (!v.img.naturalWidth || !v.window.clientWidth) return;
  const [width, height] = room(v);
  Object.assign(v, { scale: fits(v), x: width / 2, y: height / 2, fitted: true });
  draw(v);
}

export function draw(v) {
  if (!v.img.naturalWidth || !v.scale) return;
  const [w, h] = across(v), [width, height] = room(v);
  v.x = within(v.x, w * v.scale, width);
  v.y = within(v.y, h * v.scale, height);
  v.sheet.style.width = `${v.img.naturalWidth}px`;
  v.sheet.style.height = `${v.img.naturalHeight}px`;
  v.sheet.style.transform = `translate(${v.x}px, ${v.y}px) rotate(${v.turn * 90}deg) scale(${v.scale}) translate(-50%, -50%)`;
  v.sheet.style.setProperty("--line", `${2 / v.scale}px`);
  v.window.classList.toggle("larger", !v.fitted);
  v.drawn();
}

// within keeps the page in sight: a smaller one in the middle, a larger one without a
// gap beside it.
const within = (at, size, room) => (size <= room ? room / 2 : Math.min(size / 2, Math.max(room - size / 2, at)));

// zoom makes the page larger about a point of the window, its middle if none is given.
export function zoom(v, by, px, py) {
  const [width, height] = room(v);
  px ??= width / 2; py ??= height / 2;
  const least = fits(v);
  const scale = Math.min(Math.max(v.scale * by, least), CLOSEST);
  v.x = px + (v.x - px) * (scale / v.scale);
  v.y = py + (v.y - py) * (scale / v.scale);
  v.scale = scale;
  v.fitted = scale <= least * 1.001;
  draw(v);
}

export function pan(v, dx, dy) {
  v.x += dx; v.y += dy;
  draw(v);
}

export function rotate(v) {
  v.turn = (v.turn + 1) % 4;
  fit(v);
}

// place goes to what was read, the name beside the ID included, or from there back to
// the whole page.
export function place(v) {
  if (!v.fitted) return fit(v);
  const p = v.page === 1 ? spot(v.marks.places) : null;
  if (!p) return zoom(v, 2);
  const [w, h] = [v.img.naturalWidth, v.img.naturalHeight], [width, height] = room(v);
  const size = v.turn % 2 ? [p.height * h, p.width * w] : [p.width * w, p.height * h];
  v.scale = Math.min(CLOSEST, width / (size[0] * AROUND), height / (size[1] * ROOM));
  const dx = (p.x + p.width / 2 - 0.5) * w * v.scale, dy = (p.y + p.height / 2 - 0.5) * h * v.scale;
  const [tx, ty] = [[dx, dy], [-dy, dx], [-dx, -dy], [dy, -dx]][v.turn];
  Object.assign(v, { x: width / 2 - tx, y: height / 2 - ty, fitted: false });
  draw(v);
}

// spot is the part of the page that holds what was read, else what was looked at first.
function spot(places) {
  const found = places.filter((p) => p.kind !== "looked");
  const list = found.length ? found : places.slice(0, 1);
  if (!list.length) return null;
  const x = Math.min(...list.map((p) => p.x)), y = Math.min(...list.map((p) => p.y));
  return { x, y, width: Math.max(...list.map((p) => p.x + p.width)) - x, height: Math.max(...list.map((p) => p.y + p.height)) - y };
}
