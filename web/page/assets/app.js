"use strict";
(() => {
  const texts = TEXTS[document.documentElement.lang] || TEXTS.en;
  const meta = (name) => document.querySelector(`meta[name="${name}"]`).content;
  const exam = meta("exam");
  const $ = (id) => document.getElementById(id);
  const t = (key, values = {}) => (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const percent = (p) => (p * 100).toFixed(p > 0.9 && p < 0.99995 ? 2 : 1) + " %";

  const TABS = ["review", "sure", "absent", "stranger", "failed", "all"];
  let batch = "", source = null, tab = "";
  let sheets = new Map(), students = [], names = new Map(), info = null;
  let current = "", answered = [], shown = "", drawn = "", filter = "", picked = 0;
  // What the keys mean and since when; the answer that waits for its key to be
  // pressed again; the answer that is shown and not sent yet.
  let meaning = "", since = 0, asked = null, unsent = null;
  // The sheet that was opened from a list, and that list.
  let opened = "", from = "";
  // HASTE is sooner than anybody can have looked at a sheet, and longer than from
  // one digit of a typed ID to the next.
  const HASTE = 400;
  // UNLIKELY candidates are no reader's idea: somebody may have meant an ID's digit.
  const UNLIKELY = 0.01;

  // el makes an element; a text in it is a text, whatever it looks like.
  function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value != null) node.setAttribute(name, value);
    }
    node.append(...children.filter((c) => c != null));
    return node;
  }

  // --- What there is -----------------------------------------------------------

  // placeOf is the one list that a sheet is in. A verdict that was given counts at
  // once, before its result is there.
  function placeOf(s) {
    switch (s.pending) {
      case undefined: case "": break;
      case "undo": return "review";
      case "not_on_roster": return "stranger";
      case "unreadable": return "failed";
      default: return "sure";
    }
    return s.state === "person" ? "sure" : s.state;
  }

  const studentOf = (s) => (placeOf(s) === "sure" ? (s.pending && s.pending !== "undo" ? s.pending : s.student) : "");
  const all = () => [...sheets.values()];
  const inPlace = (place) => all().filter((s) => place === "all" || placeOf(s) === place);
  const queue = () => inPlace("review").sort((a, b) => a.confidence - b.confidence || a.file.localeCompare(b.file) || (a.id < b.id ? -1 : 1));

  function present() {
    const have = new Map();
    for (const s of sheets.values()) if (studentOf(s)) have.set(studentOf(s), s);
    return have;
  }

  function counts() {
    const c = { review: 0, sure: 0, stranger: 0, failed: 0 };
    for (const s of sheets.values()) c[placeOf(s)]++;
    const have = present();
    c.students = students.length;
    c.present = students.filter((st) => have.has(st.id)).length;
    c.absent = c.students - c.present;
    c.all = sheets.size;
    return c;
  }

  // said is a detail in the page's language.
  const said = (d) => d?.[document.documentElement.lang] ?? d?.en ?? "";
  const reasonOf = (s) => [texts.reasons[s.reason] ?? s.reason, said(s.detail)].filter(Boolean).join(": ");
  const label = (s) => (s.page ? `${s.file}, ${t("page", { n: s.page })}` : s.file);
  const cropOf = (s) => `/review/exams/${exam}/${batch}/crops/${s.id}?v=${s.version}`;
  const others = (s) => {
    const best = s.candidates?.[0]?.id;
    if (s.reason !== "duplicate_student" || !best) return [];
    return all().filter((o) => o.id !== s.id && (studentOf(o) === best || (placeOf(o) === "review" && o.candidates?.[0]?.id === best))).slice(0, 3);
  };

  // What was said here holds against what the server tells, whose news may be older
  // than the last key: until its news is what came of the verdict, or for a few
  // seconds if that can't be known, for another worker has taken it.
  const raw = new Map(), mine = new Map();
  function hold(id, sheet) {
    clearTimeout(mine.get(id)?.timer);
    mine.set(id, { sheet, timer: setTimeout(() => { release(id, raw.get(id)); draw(); }, 5000) });
    sheets.set(id, sheet);
  }
  function releaseKnown() {
    for (const [id, { at }] of mine) {
      if (at?.watch && at.watch === info?.moment.watch && info.moment.seq >= at.seq) release(id, raw.get(id));
    }
  }
  function release(id, sheet) {
    clearTimeout(mine.get(id)?.timer);
    mine.delete(id);
    if (sheet) sheets.set(id, sheet);
  }

  // --- Events --------------------------------------------------------------------

  function open(id) {
    source?.close();
    send();
    batch = id;
    for (const id of [...mine.keys()]) release(id);
    raw.clear();
    sheets = new Map(); students = []; names = new Map(); info = null; current = ""; answered = []; shown = ""; tab = ""; asked = null; opened = "";
    $("main").replaceChildren();
    source = new EventSource(`/review/exams/${exam}/${id}/events`);
    source.addEventListener("state", (e) => take(JSON.parse(e.data)));
    source.addEventListener("problem", (e) => problem(t(JSON.parse(e.data))));
    source.addEventListener("error", () => problem(t("lost")));
    history.replaceState(null, "", `/exams/${exam}?batch=${encodeURIComponent(id)}`);
  }

  function take(m) {
    if (m.whole) {
      sheets = new Map();
      info = null;
    }
    info = { ...info, ...m, started: m.started ?? info?.started };
    if (m.students) {
      students = m.students;
      names = new Map(students.map((s) => [s.id, s.name]));
    }
    for (const s of m.sheets) {
      raw.set(s.id, s);
      sheets.set(s.id, mine.get(s.id)?.sheet ?? s);
    }
    releaseKnown();
    problem([...(m.alarms ?? []).map((a) => t(a)), ...(m.notes ?? []).map(said)].join(" "));
    if (!tab) tab = m.epoch ? "review" : "all";
    draw();
  }

  function problem(text) {
    $("problem").textContent = text;
    $("problem").hidden = !text;
  }

  // --- Drawing -------------------------------------------------------------------

  function draw() {
    drawProgress();
    drawTabs();
    if (tab === "review") drawReview();
    else if (tab === "absent") drawAbsent();
    else drawGrid();
  }

  function drawProgress() {
    const c = counts();
    $("progress").hidden = false;
    $("bar").max = Math.max(info.total, 1);
    $("bar").value = info.done;
    $("bar").hidden = info.epoch > 0;
    $("report").hidden = !info.epoch;
    setReport($("report"));
    const values = { ...c, total: Math.max(info.total, info.done), done: info.done };
    let text = t("ended", values);
    if (!info.epoch) text = info.done < info.total ? t("reading", { ...values, left: left() }) : t("solving");
    $("progress-text").textContent = text;
  }

  function left() {
    const passed = (new Date(info.now) - new Date(info.started)) / 1000;
    if (info.done < 3 || passed < 2) return "…";
    const seconds = Math.round((passed / info.done) * (info.total - info.done));
    if (seconds < 5) return t("soon");
    return t("left", { t: seconds < 90 ? t("seconds", { n: seconds }) : t("minutes", { n: Math.round(seconds / 60) }) });
  }

  function drawTabs() {
    const c = counts();
    if (!$("tabs").children.length) {
      for (const name of TABS) $("tabs").append(el("button", { role: "tab", id: `tab-${name}`, "aria-controls": "main", onclick: () => choose(name) }));
    }
    for (const name of TABS) {
      const button = $(`tab-${name}`);
      button.textContent = `${t(name)} ${c[name]}`;
      button.setAttribute("aria-selected", String(name === tab));
    }
    $("main").setAttribute("aria-labelledby", `tab-${tab}`);
  }

  function choose(name) {
    tab = name;
    shown = meaning = opened = ""; asked = null;
    $("main").replaceChildren();
    draw();
  }

  // openSheet opens any sheet for review, whatever has been said of it.
  function openSheet(id) {
    const list = tab;
    choose("review");
    opened = current = id; from = list;
    draw();
    scrollTo(0, 0);
    $("main").focus({ preventScroll: true });
    announce([label(sheets.get(id)), stateText(sheets.get(id))].join(": "));
  }

  function closeSheet() {
    const id = opened;
    choose(from);
    tiles.get(id)?.node.focus();
  }

  function picture(s, lazy) {
    if (!s.crop) return el("div", { class: "nocrop" }, t("noCrop"));
    return el("img", { src: cropOf(s), alt: t("crop", { file: label(s) }), loading: lazy ? "lazy" : "eager", decoding: "async" });
  }

  function empty(text) {
    const node = el("p", { class: "empty" }, text);
    $("main").replaceChildren(node);
    shown = "";
  }

  function drawReview() {
    const list = queue();
    if (opened) current = opened;
    else if (!list.length) return drawEnd();
    else if (!list.some((s) => s.id === current)) current = list[0].id;
    const s = sheets.get(current);
    lookAhead(list);
    const pairs = others(s);
    const means = JSON.stringify([s.id, (s.candidates ?? []).map((c) => c.id)]);
    if (means !== meaning) {
      meaning = means; since = performance.now(); asked = null;
    }
    const look = JSON.stringify([s, pairs.map((o) => [o.id, o.version]), (s.candidates ?? []).map((c) => taken(s, c.id)), names.size, asked?.key, opened, answered.length > 0]);
    if (look === shown) {
      document.querySelector(".review .left").textContent = t("count", { n: list.length });
      return;
    }
    shown = look;
    // What somebody else has just changed must not take away what is being typed.
    const typed = s.id === drawn ? filter : "";
    drawn = s.id; filter = typed; picked = 0;
    const typing = document.activeElement?.id === "filter";
    $("main").replaceChildren(el("section", { class: "card review", "aria-labelledby": "sheet-name" },
      el("div", { class: "top" },
        el("h2", { id: "sheet-name" }, label(s)), el("span", {}, placeOf(s) === "review" ? reasonOf(s) : stateText(s)), el("span", { class: "left" }, t("count", { n: list.length }))),
      el("div", { class: "crops" }, crop(s), ...pairs.map((o) => crop(o, t("other")))),
      el("ol", { class: "choices", "aria-label": t("candidates") }, ...(s.candidates ?? []).map((c, i) => choice(s, c, i))),
      el("div", { class: "actions" },
        act("0", t("notOnRoster"), (e) => press(s, "0", e)),
        act("x", t("unreadable"), (e) => press(s, "x", e)),
        opened && byPerson(s) ? act("u", t("takeBack"), undo) : act("u", t("undo"), undo, !answered.length),
        opened ? act("Esc", t("back"), closeSheet) : null),
      asked ? el("p", { class: "asked" }, asked.text) : null,
      find(s),
      el("p", { class: "help" }, t("keys"))));
    if (!typed) return;
    $("filter").value = typed;
    drawFound(s);
    if (typing) $("filter").focus();
  }

  // drawEnd is what there is to do when nothing is left.
  function drawEnd() {
    current = "";
    const look = JSON.stringify(["end", info.epoch > 0, answered.length > 0, pending()]);
    if (look === shown) return;
    shown = look;
    $("main").replaceChildren(el("section", { class: "empty" },
      el("p", {}, t(info.epoch ? "nothing" : "waitEnd")),
      el("p", { class: "actions" }, answered.length ? act("u", t("undo"), undo) : null, info.epoch ? reportLink({ class: "button" }) : null)));
  }

  const pending = () => all().some((s) => s.pending);
  const byPerson = (s) => placeOf(s) !== "review" && (s.pending || s.state === "person" || s.state === "stranger" || s.reason === "corrected");

  // reportLink leads to the report, once it tells of all that was said.
  function reportLink(attributes) {
    const node = el("a", attributes);
    setReport(node);
    return node;
  }
  function setReport(node) {
    const wait = pending();
    node.textContent = t(wait ? "reportSoon" : "report");
    node.role = "link";
    node.ariaDisabled = String(wait);
    if (wait) node.removeAttribute("href");
    else node.href = `/review/exams/${exam}/${batch}/report.xlsx`;
  }

  // Crops of the sheets that come next, and of those that an undo brings back, are
  // loaded and decoded before they are asked for: a key shows them at once.
  let ahead = new Map();
  function lookAhead(list) {
    const near = [...list.slice(0, 6), ...answered.slice(-3)];
    const soon = new Map();
    for (const s of near.flatMap((s) => [s, ...others(s)])) if (s.crop) soon.set(cropOf(s), ahead.get(cropOf(s)) ?? decoded(s));
    ahead = soon;
  }

  function decoded(s) {
    const img = picture(s);
    img.decoding = "sync"; // drawn together with what stands around it
    img.decode().catch(() => {}); // a crop that can't be had shows as such where it is drawn
    return img;
  }

  function crop(s, note) {
    return el("figure", {}, ahead.get(cropOf(s)) ?? picture(s), el("figcaption", {}, note ? `${note}: ${label(s)}` : label(s)));
  }

  function choice(s, c, i) {
    return el("li", {}, el("button", { onclick: (e) => press(s, String(i + 1), e), "data-student": c.id, "data-asked": asked?.key === String(i + 1) },
      el("kbd", { "aria-hidden": "true" }, String(i + 1)), el("span", { class: "who" }, c.id), el("span", { class: "p" }, percent(c.p)),
      el("small", {}, [names.get(c.id), taken(s, c.id) ? t("taken") : ""].filter(Boolean).join(" · "))));
  }

  function act(key, text, run, disabled = false) {
    return el("button", { onclick: run, disabled, "data-key": key, "data-asked": asked?.key === key }, el("kbd", { "aria-hidden": "true" }, key), " " + text);
  }

  // --- Finding a student ---------------------------------------------------------

  function find(s) {
    const list = el("ul", { role: "listbox", id: "found", "aria-label": t("filter") });
    const input = el("input", {
      id: "filter", type: "search", placeholder: t("filter"), "aria-label": t("filter"), autocomplete: "off", spellcheck: "false",
      role: "combobox", "aria-controls": "found", "aria-expanded": "false",
      oninput: () => { filter = input.value; picked = 0; drawFound(s); },
    });
    return el("div", { class: "find" }, input, list);
  }

  const plain = (text) => text.normalize("NFC").toLowerCase().replace(/[\s-]/g, "");

  function matches() {
    const wanted = plain(filter);
    if (!wanted) return [];
    return students.filter((st) => plain(st.id).includes(wanted) || plain(st.name).includes(wanted)).slice(0, 8);
  }

  function drawFound(s) {
    const list = matches();
    $("filter").setAttribute("aria-expanded", String(list.length > 0));
    picked = Math.min(picked, Math.max(list.length - 1, 0));
    const rows = list.map((st, i) => el("li", { role: "option", id: `found-${i}`, "aria-selected": String(i === picked) },
      el("button", { tabindex: "-1", onclick: () => say(s, { student_id: st.id }) }, el("span", { class: "who" }, st.id), st.name, taken(s, st.id) ? el("small", {}, t("taken")) : null)));
    if (list.length) $("filter").setAttribute("aria-activedescendant", `found-${picked}`);
    else $("filter").removeAttribute("aria-activedescendant");
    if (plain(filter) && !list.length) rows.push(el("li", { class: "help" }, t("noMatch")));
    $("found").replaceChildren(...rows);
  }

  // --- Verdicts ------------------------------------------------------------------

  const wordOf = (what) => (what.student_id ? [what.student_id, names.get(what.student_id)].filter(Boolean).join(" ") : t("verdict_" + what.verdict));

  const taken = (s, student) => all().some((o) => o.id !== s.id && studentOf(o) === student);
  const isDigit = (key) => key.length === 1 && key >= "0" && key <= "9";

  // press is what a key, or a click on its button, says of a sheet; false if the
  // key says nothing. A wrong student is the worst that can happen, and digits may
  // be those of an ID: what can't have been meant, or hardly, has to be said twice.
  function press(s, key, e) {
    const candidate = "123".includes(key) ? s.candidates?.[Number(key) - 1] : null;
    if (!candidate && key !== "0" && key !== "x") return false;
    const what = candidate ? { student_id: candidate.id } : { verdict: key === "0" ? "not_on_roster" : "unreadable" };
    const why = [];
    if (e.timeStamp - since < HASTE) why.push(t("tooSoon"));
    if (candidate && taken(s, candidate.id)) why.push(t("hasSheet"));
    if (candidate && candidate.p < UNLIKELY) why.push(t("unlikely", { p: percent(candidate.p) }));
    if (!why.length || (asked?.key === key && e.timeStamp - asked.at >= HASTE)) {
      say(s, what, key);
      return true;
    }
    asked = { key, at: e.timeStamp, text: t("sayTwice", { key, what: wordOf(what), why: why.join(", ") }) };
    draw();
    (e.type === "click" ? document.querySelector("[data-asked]") : $("main")).focus({ preventScroll: true });
    announce(asked.text);
    return true;
  }

  // isID has a digit open the search, after the one just before it: two
  // digits in quick succession are those of an ID, and the first was no answer.
  // False if the digit stands alone.
  function isID(key, e) {
    let before = "";
    if (asked && isDigit(asked.key) && (asked.key !== key || e.timeStamp - asked.at < HASTE)) before = asked.key;
    else if (unsent && isDigit(unsent.key) && e.timeStamp - unsent.at < HASTE) {
      before = unsent.key;
      undo();
    }
    if (!before) return false;
    asked = null;
    draw();
    $("filter").value = filter = before; // the browser adds this key
    $("filter").focus();
    announce(t("searching", { text: before + key }));
    return true;
  }

  // say shows an answer at once. It is sent when nobody can take its key for the
  // first digit of an ID any more.
  function say(s, what, key = "") {
    send();
    asked = null; opened = "";
    const body = { sheet: s.id, ...what };
    unsent = { s, body, key, at: performance.now(), timer: setTimeout(send, HASTE) };
    answered.push(s);
    hold(s.id, { ...s, pending: what.student_id ?? what.verdict });
    draw();
    $("main").focus({ preventScroll: true });
    const next = queue()[0];
    announce(next ? t("saved", { file: label(s), what: wordOf(what), next: label(next) }) : t("savedLast", { file: label(s), what: wordOf(what) }));
  }

  async function send() {
    if (!unsent) return;
    const { s, body, timer } = unsent;
    unsent = null;
    clearTimeout(timer);
    const wrong = await post(body);
    if (wrong) {
      answered = answered.filter((a) => a !== s);
      release(s.id, s);
      current = s.id;
      draw();
      problem(t("notSaved", { why: wrong }));
    }
  }

  // undo takes back what has been said of the sheet that was opened, else the last
  // answer of this window.
  async function undo() {
    const before = opened && byPerson(sheets.get(opened)) ? answered.findLast((a) => a.id === opened) ?? sheets.get(opened) : null;
    const s = before ?? answered.at(-1);
    if (!s) return announce(t("noUndo"));
    answered = answered.filter((a) => a !== s);
    asked = null; opened = "";
    current = s.id;
    shown = "";
    if (unsent?.s === s) { // nobody knows of it yet
      clearTimeout(unsent.timer);
      unsent = null;
      release(s.id, s);
      draw();
      $("main").focus({ preventScroll: true });
      announce(t("undone", { file: label(s) }));
      return;
    }
    send();
    const now = sheets.get(s.id);
    hold(s.id, { ...s, pending: "undo" });
    draw();
    $("main").focus({ preventScroll: true });
    announce(t("undone", { file: label(s) }));
    const wrong = await post({ sheet: s.id, verdict: "undo" });
    if (wrong) {
      answered.push(s);
      release(s.id, now);
      draw();
      problem(t("notSaved", { why: wrong }));
    }
  }

  // post sends a verdict; what went wrong, or "".
  async function post(body) {
    const held = mine.get(body.sheet);
    try {
      const answer = await fetch(`/review/exams/${exam}/${batch}/verdicts`, {
        method: "POST", keepalive: true, headers: { "Content-Type": "application/json", "X-CSRF-Token": meta("csrf") }, body: JSON.stringify(body),
      });
      if (answer.ok) {
        if (held) held.at = await answer.json();
        releaseKnown();
        if (info) draw();
        return "";
      }
      return answer.status === 401 ? t("again") : (await answer.text()).trim();
    } catch {
      return t("lost");
    }
  }

  function announce(text) { $("live").textContent = text; }

  // --- Lists ---------------------------------------------------------------------

  let tiles = new Map();
  function drawGrid() {
    const list = inPlace(tab).sort((a, b) => a.file.localeCompare(b.file, undefined, { numeric: true }) || (a.page ?? 0) - (b.page ?? 0));
    if (!list.length) return empty("—");
    let grid = document.querySelector(".grid");
    if (!grid) {
      tiles = new Map();
      grid = el("div", { class: "grid" });
      $("main").replaceChildren(grid);
    }
    const ids = new Set(list.map((s) => s.id));
    for (const [id, tile] of tiles) if (!ids.has(id)) { tile.node.remove(); tiles.delete(id); }
    list.forEach((s, i) => {
      const look = JSON.stringify(s) + (names.get(studentOf(s)) ?? "");
      const old = tiles.get(s.id);
      if (old?.look === look) {
        if (grid.children[i] !== old.node) grid.insertBefore(old.node, grid.children[i] ?? null);
        return;
      }
      const node = tile(s);
      const focused = old && document.activeElement === old.node;
      if (old) old.node.replaceWith(node);
      if (focused) node.focus({ preventScroll: true });
      if (grid.children[i] !== node) grid.insertBefore(node, grid.children[i] ?? null);
      tiles.set(s.id, { look, node });
    });
  }

  const isPerson = (s) => placeOf(s) === "sure" && Boolean(s.pending || s.state === "person");
  const whoOf = (s) => [studentOf(s), names.get(studentOf(s))].filter(Boolean).join(" ") || t(placeOf(s));
  const howOf = (s) => (s.pending ? t("pending") : isPerson(s) ? t("person") : placeOf(s) === "sure" ? percent(s.confidence) : t(placeOf(s)) + " · " + reasonOf(s));
  // contradicts says what of a sheet's student a person should look at again.
  function contradicts(s) {
    const id = studentOf(s);
    if (!id) return "";
    if (students.length && !names.has(id)) return t("unknown");
    return all().some((o) => o.id !== s.id && studentOf(o) === id) ? t("twice") : "";
  }

  const stateText = (s) => `${whoOf(s)} · ${howOf(s)}`;

  function tile(s) {
    return el("button", { class: `tile s-${isPerson(s) ? "person" : placeOf(s)}${contradicts(s) ? " contradicts" : ""}`, title: t("open"), onclick: () => openSheet(s.id) }, picture(s, true),
      el("span", { class: "text" }, el("span", { class: "s" }, whoOf(s)), el("span", {}, [howOf(s), contradicts(s)].filter(Boolean).join(" · ")), el("br"), label(s)));
  }

  function drawAbsent() {
    const have = present();
    const list = students.filter((st) => !have.has(st.id));
    if (!list.length) return empty("—");
    $("main").replaceChildren(el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("id")), el("th", { scope: "col" }, t("name")))),
      el("tbody", {}, ...list.map((st) => el("tr", {}, el("td", {}, st.id), el("td", {}, st.name))))));
  }

  // --- Keys ----------------------------------------------------------------------

  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey || tab !== "review" || !info || e.target instanceof HTMLSelectElement) return;
    if (!current) {
      if (!e.repeat && (e.key === "u" || e.key === "ㅕ")) undo();
      return;
    }
    const s = sheets.get(current);
    if (e.target.id === "filter") return inFilter(e, s);
    if (e.repeat) return e.preventDefault(); // a key that is held must not answer for the next sheet
    const key = { "ㅌ": "x", "ㅕ": "u" }[e.key] ?? e.key;
    if (["Shift", "Tab"].includes(key) || (asked && (key === "Enter" || key === " ") && e.target instanceof HTMLButtonElement)) return;
    if (isDigit(key) && isID(key, e)) return; // into the search
    if (asked && key !== asked.key && key !== "/") {
      // Any other key takes the question back, and does nothing else.
      asked = null;
      draw();
      announce(t("notTaken"));
      return e.preventDefault();
    }
    if (press(s, key, e)) return e.preventDefault();
    if (key === "u") undo();
    else if (key === "Escape" && opened) closeSheet();
    else if (key === "/") {
      asked = null;
      draw();
      $("filter").focus();
    }
    else {
      // Other letters and digits begin to look for a student.
      if (e.isComposing || e.key === "Process" || (e.key.length === 1 && /[\p{L}\p{N}]/u.test(e.key))) $("filter")?.focus();
      return;
    }
    e.preventDefault();
  });

  // What has been said is sent before the page goes.
  addEventListener("pagehide", () => send());

  function inFilter(e, s) {
    if (e.isComposing) return;
    const list = matches();
    if (e.key === "Enter" && list[picked]) say(s, { student_id: list[picked].id });
    else if (e.key === "ArrowDown") picked = Math.min(picked + 1, list.length - 1);
    else if (e.key === "ArrowUp") picked = Math.max(picked - 1, 0);
    else if (e.key === "Escape") {
      $("filter").value = filter = "";
      $("main").focus({ preventScroll: true });
    } else return;
    e.preventDefault();
    if ($("filter") && sheets.get(current) === s) drawFound(s);
  }

  // --- Begin ---------------------------------------------------------------------

  for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  $("batches").addEventListener("change", (e) => open(e.target.value));

  async function begin() {
    const answer = await fetch(`/review/exams/${exam}/batches`).catch(() => null);
    if (!answer?.ok) {
      problem(t(answer?.status === 401 ? "again" : "unavailable"));
      if (answer?.status !== 401) setTimeout(begin, 3000);
      return;
    }
    const list = await answer.json();
    if (!list.length) {
      empty(t("none"));
      setTimeout(begin, 3000);
      return;
    }
    const wanted = new URLSearchParams(location.search).get("batch");
    $("batches").replaceChildren(...list.map((b) => el("option", { value: b.id }, `${b.id} · ${new Date(b.started).toLocaleString()}`)));
    const chosen = list.find((b) => b.id === wanted) ?? list[0];
    $("batches").value = chosen.id;
    open(chosen.id);
  }
  begin();
})();
