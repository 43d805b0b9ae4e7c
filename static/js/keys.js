// Shortcuts. A page says them in its HTML: data-key="Ctrl+F9" on a button, link, field or form makes the key press it.
// Modules bind what has no element of its own. The help overlay and the palette list both.
const bound = new Map();

/** Bind a key to a function. label: what the help says; handler returns false to let the browser have the key. */
export function bind(key, label, handler) {
  bound.set(normal(key), { key, label, handler });
}

/** Every shortcut of this page: [{ key, label, run }]; those of elements first. */
export function shortcuts() {
  const elements = [...document.querySelectorAll("[data-key]")].filter(usable).map((element) => ({
    key: element.dataset.key,
    label: labelOf(element),
    run: () => press(element),
  }));
  const modules = [...bound.values()].map(({ key, label, handler }) => ({ key, label, run: () => handler() }));
  return [...elements, ...modules.filter(({ label }) => label)];
}

/** Every action of this page, with a shortcut or without: what carries data-key or data-action. */
export function actions() {
  return [...document.querySelectorAll("[data-key], [data-action]")].filter(usable).map((element) => ({
    key: element.dataset.key ?? "",
    label: labelOf(element),
    run: () => press(element),
  }));
}

/** How a chord is written: "Ctrl+Shift+F12", modifiers in the order Ctrl, Shift, Alt. */
export function chordOf(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.shiftKey && (event.key.length > 1 || /[a-z]/i.test(event.key))) parts.push("Shift");
  if (event.altKey) parts.push("Alt");
  const letter = event.altKey && /^Key[A-Z]$/.test(event.code) ? event.code.slice(3) : event.key;
  parts.push(letter.length === 1 ? letter.toUpperCase() : letter.replace(/^Arrow/, ""));
  return parts.join("+");
}

function normal(key) {
  const parts = key.split("+");
  const last = parts.pop() || "+";
  const order = ["Ctrl", "Shift", "Alt"].filter((name) => parts.includes(name));
  return [...order, last.length === 1 ? last.toUpperCase() : last].join("+");
}

function labelOf(element) {
  return element.dataset.label ?? element.getAttribute("aria-label") ?? element.textContent.trim().replace(/\s+/g, " ");
}

function usable(element) {
  return !element.disabled && !element.closest("[hidden], dialog:not([open])");
}

function press(element) {
  for (let fold = element.parentElement.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    if (!element.matches("a, button")) fold.open = true;
  }
  if (element.matches("form")) element.requestSubmit();
  else if (element.matches("details")) element.open = !element.open;
  else if (element.matches("input, select, textarea") && element.type !== "submit") { element.focus(); element.select?.(); }
  else element.click();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const chord = chordOf(event);
  const typing = event.target.matches?.("input, textarea, select, [contenteditable]");
  if (typing && chord.length === 1) return;
  const inDialog = document.querySelector("dialog[open]");
  const place = inDialog ?? document;
  const element = [...place.querySelectorAll("[data-key]")].find(
    (candidate) => normal(candidate.dataset.key) === chord && usable(candidate),
  );
  if (element) {
    event.preventDefault();
    press(element);
    return;
  }
  const own = inDialog ? undefined : bound.get(chord);
  if (own && own.handler(event) !== false) event.preventDefault();
});
