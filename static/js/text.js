// Words in the reader's language: the server puts them on the page (templates/components/_texts.html).
let texts;

/** The text of a key, with its {names} filled in. An unknown key shows itself, so that a test can find it. */
export function text(key, values = {}) {
  texts ??= JSON.parse(document.getElementById("texts")?.textContent ?? "{}");
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
