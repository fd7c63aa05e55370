// The document: finding, making and announcing.
export const $ = (id) => document.getElementById(id);

export const meta = (name) => document.querySelector(`meta[name="${name}"]`).content;

// el makes an element; a text in it is a text, whatever it looks like.
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((c) => c != null));
  return node;
}

// announce has a screen reader say something that is also to be seen.
export function announce(text) { $("live").textContent = text; }

// problem says what is wrong, in texts and what leads there. The same words again change
// nothing: a screen reader would say them again.
export function problem(...parts) {
  const made = el("p", {}, ...parts);
  if (made.textContent === $("problem").textContent) return;
  $("problem").replaceChildren(...made.childNodes);
  $("problem").hidden = !$("problem").textContent;
}

// fill replaces what the main part shows.
export function fill(...nodes) { $("main").replaceChildren(...nodes); }

export function focusMain() { $("main").focus({ preventScroll: true }); }
