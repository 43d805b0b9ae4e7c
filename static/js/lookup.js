// Looks up what fits while somebody types: a combobox on any <input data-lookup="customer">, and on the editor of a grid.
// Typing never waits for it: Enter and Tab take what is highlighted, or else the text as it stands.
import { get, Refused } from "./net.js";
import { text } from "./text.js";

const PAUSE = 120;
let count = 0;

/**
 * The list under one input.
 *
 * source   { kind, params: () => ({ customer: "C1" }), choices: [{ number, name, more }] } or null for none;
 *          with choices nothing is asked for
 * onTake   called with the row that was taken, after the input has its number
 */
export class Lookup {
  rows = [];
  active = -1;
  answered = null;

  constructor(input, { source = null, onTake = () => {} } = {}) {
    Object.assign(this, { input, onTake });
    this.list = document.createElement("ul");
    Object.assign(this.list, { id: `lookup-${count += 1}`, className: "lookup", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      event.preventDefault();
      if (option) this.take(Number(option.dataset.place));
    });
    input.addEventListener("input", () => this.ask());
    input.addEventListener("blur", () => this.close());
    this.serve(source);
  }

  get isOpen() { return !this.list.hidden; }

  /** Look up something else from now on, or nothing. */
  serve(source) {
    this.source = source;
    this.close();
    const { input } = this;
    for (const name of ["role", "aria-autocomplete", "aria-expanded", "aria-controls"]) input.removeAttribute(name);
    if (!source) return;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
  }

  /** Ask for what fits the text, a moment from now. */
  ask() {
    clearTimeout(this.timer);
    if (!this.source) return;
    if (!this.input.value.trim()) { this.close(); return; }
    this.timer = setTimeout(() => this.open(this.input.value.trim()), PAUSE);
  }

  async open(query) {
    if (!this.source) return;
    this.abort?.abort();
    const abort = this.abort = new AbortController();
    try {
      const rows = await this.find(query, abort.signal);
      if (abort.signal.aborted || document.activeElement !== this.input) return;
      this.answered = query;
      this.show(rows);
    } catch (error) {
      if (error.name !== "AbortError" && error instanceof Refused) this.close();
    }
  }

  async find(query, signal) {
    const { choices, kind, params } = this.source;
    if (choices) {
      const wanted = query.toLowerCase();
      return choices.filter(({ number, name }) => `${number} ${name}`.toLowerCase().includes(wanted));
    }
    const asked = new URLSearchParams({ q: query, ...params?.() });
    return (await get(`/lookup/${kind}/?${asked}`, { signal })).rows;
  }

  show(rows) {
    this.rows = rows;
    this.active = -1;
    if (!rows.length) { this.close(); return; }
    (this.input.closest("dialog") ?? document.body).append(this.list);
    this.list.setAttribute("aria-label", this.input.getAttribute("aria-label") ?? text("lookup.fits"));
    this.list.replaceChildren(...rows.map((row, place) => option(row, place, this.list.id)));
    this.list.hidden = false;
    this.place();
    this.input.setAttribute("aria-expanded", "true");
    this.input.setAttribute("aria-controls", this.list.id);
  }

  place() {
    const box = this.input.getBoundingClientRect();
    const { style } = this.list;
    style.insetInlineStart = `${Math.max(4, Math.min(box.left, window.innerWidth - this.list.offsetWidth - 4))}px`;
    const below = window.innerHeight - box.bottom;
    const above = below < this.list.offsetHeight + 8 && box.top > below;
    style.top = above ? `${box.top - this.list.offsetHeight - 2}px` : `${box.bottom + 2}px`;
  }

  close() {
    clearTimeout(this.timer);
    this.abort?.abort();
    this.list.hidden = true;
    this.list.remove();
    this.rows = [];
    this.active = -1;
    this.answered = null;
    if (this.source) this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.input.removeAttribute("aria-controls");
  }

  move(step) {
    this.active = (this.active + step + this.rows.length) % this.rows.length;
    [...this.list.children].forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === this.active));
      if (place === this.active) option.scrollIntoView({ block: "nearest" });
    });
    this.input.setAttribute("aria-activedescendant", this.list.children[this.active].id);
  }

  take(place) {
    const row = this.rows[place];
    this.input.value = row.number;
    this.close();
    this.onTake(row);
  }

  /** Whether the list used a key. Enter and Tab take what is highlighted and are still there for the caller. */
  key(event) {
    if (!this.source || event.isComposing) return false;
    if (event.altKey && event.key === "ArrowDown") {
      this.open(this.input.value === this.input.defaultValue ? "" : this.input.value.trim());
      return true;
    }
    if (!this.isOpen) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { this.move(event.key === "ArrowDown" ? 1 : -1); return true; }
    if (event.key === "Escape") { this.close(); return true; }
    if (event.key === "Enter" || event.key === "Tab") {
      const only = event.key === "Tab" && this.rows.length === 1 && this.answered === this.input.value.trim();
      if (this.active >= 0) this.take(this.active);
      else if (only) this.take(0);
      else this.close();
    }
    return false;
  }
}

function option(row, place, list) {
  const item = document.createElement("li");
  item.id = `${list}-${place}`;
  item.dataset.place = place;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  const number = Object.assign(document.createElement("b"), { textContent: row.number });
  const name = Object.assign(document.createElement("span"), { textContent: row.name });
  item.append(number, " ", name);
  for (const fact of row.more ?? []) {
    item.append(" ", Object.assign(document.createElement("span"), { className: "lookup__fact", textContent: fact }));
  }
  return item;
}

const attached = new WeakSet();

/** Give an input its list; it asks with the values of other fields that data-lookup-with names: "customer=id_customer". */
export function attach(input) {
  if (attached.has(input)) return;
  attached.add(input);
  const params = () => Object.fromEntries((input.dataset.lookupWith ?? "").split(" ").filter(Boolean).map((pair) => {
    const [name, id] = pair.split("=");
    return [name, document.getElementById(id)?.value ?? id];
  }));
  const change = () => {
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    lookup.close();
  };
  const lookup = new Lookup(input, { source: { kind: input.dataset.lookup, params }, onTake: change });
  input.removeAttribute("list");
  input.autocomplete = "off";
  input.addEventListener("keydown", (event) => {
    const wasChosen = event.key === "Enter" && lookup.active >= 0;
    if (lookup.key(event) || wasChosen) event.preventDefault();
  });
}

document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("input[data-lookup]")) attach(event.target);
});
