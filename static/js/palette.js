// The palette: one field to go to a record, run an action of this page, or open a page. Ctrl+K or Alt+Q opens it.
import { actions } from "./keys.js";
import { get } from "./net.js";
import { text } from "./text.js";

const PAUSE = 90; // milliseconds after a key, before the server is asked
const MOST_PAGES = 8;

let places; // { recent, pages } of this user, asked for once per page
let palette;

/** Open the palette, or give it the focus. */
export function openPalette() {
  palette ??= new Palette();
  palette.open();
}

class Palette {
  #answers = new Map(); // by what was typed
  #asked = "";
  #timer;
  #request;
  #rows = [];
  #chosen = 0;

  constructor() {
    this.dialog = element("dialog", { className: "palette" });
    this.dialog.setAttribute("aria-label", text("palette.title"));
    this.field = element("input", { className: "palette__field", type: "text", autocomplete: "off", spellcheck: false });
    this.field.placeholder = text("palette.hint");
    this.list = element("div", { className: "palette__list", id: "palette-list" });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", text("palette.title"));
    for (const [name, value] of [
      ["role", "combobox"], ["aria-label", text("palette.hint")], ["aria-expanded", "true"],
      ["aria-controls", this.list.id], ["aria-autocomplete", "list"],
    ]) this.field.setAttribute(name, value);
    const foot = element("p", { className: "palette__foot" });
    foot.append(...["palette.move", "palette.go", "palette.tab", "palette.close"].map(
      (key) => element("span", { textContent: text(key) }),
    ));
    // What is told outside of an open dialog is not heard.
    this.status = element("div", { className: "sr", role: "status" });
    this.dialog.append(this.field, this.list, foot, this.status);
    document.body.append(this.dialog);
    this.field.addEventListener("input", () => this.#typed());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("click", (event) => this.#clicked(event));
    this.dialog.addEventListener("close", () => this.field.blur());
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
  }

  async open() {
    if (this.dialog.open) return;
    this.actions = actions().filter(({ label }) => label);
    this.field.value = "";
    this.#asked = "";
    this.dialog.showModal();
    this.field.focus();
    this.#show();
    if (!places) {
      places = await get("/palette/").catch(() => undefined);
      this.#show();
    }
  }

  get #words() { return this.field.value.trim(); }

  #typed() {
    clearTimeout(this.#timer);
    this.#chosen = 0;
    this.#show();
    const words = this.#words;
    if (words && !this.#answers.has(words)) this.#timer = setTimeout(() => this.#ask(words), PAUSE);
  }

  async #ask(words) {
    this.#request?.abort();
    const request = new AbortController();
    this.#request = request;
    try {
      this.#answers.set(words, await get(`/palette/?q=${encodeURIComponent(words)}`, { signal: request.signal }));
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#answers.set(words, { exact: [], found: [], failed: true });
    }
    if (words === this.#words) this.#show();
  }

  /** What is offered for what is typed, in its order; the latest answer stays until the next one is there. */
  #groups() {
    const words = this.#words;
    const mine = this.actions.filter((action) => matches(action.label, words)).map(
      ({ label, key, run }) => ({ title: label, keys: key, run }),
    );
    const recent = (places?.recent ?? []).filter((row) => matches(`${row.number} ${row.title}`, words));
    const said = new Set(mine.map(({ title }) => title));
    const pages = (places?.pages ?? []).filter((row) => matches(row.title, words) && !said.has(row.title));
    if (!words) {
      return [["palette.recent", recent], ["palette.actions", mine], ["palette.pages", pages]];
    }
    if (this.#answers.has(words)) this.#asked = words;
    const { exact = [], found = [] } = this.#answers.get(words) ?? this.#answers.get(this.#asked) ?? {};
    const known = new Set(exact.map(({ url }) => url));
    return [
      ["palette.exact", this.#asked === words ? exact : []],
      ["palette.recent", recent.filter(({ url }) => !known.has(url)).slice(0, 5)],
      ["palette.actions", mine],
      ["palette.pages", pages.sort((one, other) => begins(other.title, words) - begins(one.title, words)).slice(0, MOST_PAGES)],
      ["palette.found", found],
    ];
  }

  #show() {
    this.list.replaceChildren();
    this.#rows = [];
    for (const [key, rows] of this.#groups()) {
      if (!rows.length) continue;
      const group = element("div", {});
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", text(key));
      const title = element("div", { className: "palette__group", textContent: text(key) });
      title.setAttribute("aria-hidden", "true");
      group.append(title);
      rows.forEach((row) => group.append(this.#row(row)));
      this.list.append(group);
    }
    if (!this.#rows.length) this.#nothing();
    this.#choose(Math.min(this.#chosen, this.#rows.length - 1));
  }

  #nothing() {
    const words = this.#words;
    const answer = this.#answers.get(words);
    const key = !words || !answer ? "palette.waiting"
      : answer.failed ? "net.unreachable" : answer.incomplete ? "palette.more" : "palette.none";
    const line = element("div", { className: "palette__none", textContent: text(key, { text: words }) });
    line.setAttribute("role", "option");
    line.setAttribute("aria-disabled", "true");
    this.list.append(line);
    if (answer) this.status.textContent = line.textContent;
  }

  #row(row) {
    const line = element(row.url ? "a" : "div", { className: "palette__row", id: `palette-${this.#rows.length}` });
    if (row.url) line.href = row.url;
    line.tabIndex = -1;
    line.setAttribute("role", "option");
    line.dataset.place = String(this.#rows.length);
    if (row.number) line.append(element("span", { className: "palette__number", textContent: row.number }), " ");
    line.append(element("span", { className: "palette__title", textContent: row.title }), " ");
    if (row.kind) line.append(element("span", { className: "palette__kind", textContent: row.kind }));
    if (row.keys) line.append(element("kbd", { textContent: row.keys }));
    this.#rows.push({ row, line });
    return line;
  }

  #choose(place) {
    this.#chosen = Math.max(place, 0);
    this.#rows.forEach(({ line }, at) => line.setAttribute("aria-selected", String(at === this.#chosen)));
    const line = this.#rows[this.#chosen]?.line;
    if (line) this.field.setAttribute("aria-activedescendant", line.id);
    else this.field.removeAttribute("aria-activedescendant");
    line?.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    const last = this.#rows.length - 1;
    const moves = {
      ArrowDown: () => this.#choose(this.#chosen === last ? 0 : this.#chosen + 1),
      ArrowUp: () => this.#choose(this.#chosen === 0 ? last : this.#chosen - 1),
      PageDown: () => this.#choose(Math.min(last, this.#chosen + 8)),
      PageUp: () => this.#choose(Math.max(0, this.#chosen - 8)),
      Enter: () => this.#enter(event),
    };
    if (!(event.key in moves) || event.isComposing) return;
    event.preventDefault();
    moves[event.key]();
  }

  // Enter before the answer is there waits for it, so that a number typed in one go opens its record.
  async #enter(event) {
    const words = this.#words;
    if (words && !this.#answers.has(words)) {
      clearTimeout(this.#timer);
      await this.#ask(words);
      if (words !== this.#words) return;
    }
    const chosen = this.#rows[this.#chosen]?.row;
    if (chosen) this.#go(chosen, event.ctrlKey || event.metaKey);
  }

  #clicked(event) {
    const line = event.target.closest("[data-place]");
    if (!line || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.#go(this.#rows[Number(line.dataset.place)].row, false);
  }

  #go(row, inNewTab) {
    if (row.url && inNewTab) {
      window.open(row.url, "_blank");
      return;
    }
    this.dialog.close();
    if (row.url) location.assign(row.url);
    else row.run();
  }
}

function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}

/** Every word of the typed text begins a word of the label. */
function matches(label, typed) {
  const words = plain(label).split(/[^\p{L}\p{N}]+/u);
  return plain(typed).split(/[^\p{L}\p{N}]+/u).filter(Boolean).every((word) => words.some((each) => each.startsWith(word)));
}

const begins = (label, typed) => Number(plain(label).startsWith(plain(typed)));
const plain = (words) => words.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
