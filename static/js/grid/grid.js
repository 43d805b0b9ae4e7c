// Makes a table that the server rendered into a grid that is filled in with the keyboard. See docs/adr/0024.
import { note } from "../announce.js";
import { bind } from "../keys.js";
import { Queue, Refused, send } from "../net.js";
import { register } from "../pending.js";
import { swap } from "../parts.js";
import { text } from "../text.js";
import { Editor, KEYS } from "./editor.js";
import { Facts } from "./facts.js";
import { JUMPS, Keyboard, Selection } from "./keyboard.js";
import { Clipboard } from "./paste.js";
import { Saver } from "./saving.js";
import { Table } from "./table.js";

const TELEPHONE = "(max-width: 52rem)";

/** Start the grid of an element (components/_grid.html). On a telephone it stays a table to be read. */
export function start(element) {
  if (window.matchMedia(TELEPHONE).matches) return;
  const table = new Table(element);
  const saver = new Saver(table, {
    onSaved: (answer) => {
      if (answer.parts) swap(answer.parts);
      if (editor.row?.isConnected) editor.refresh(editor.row);
      keepBlankRow(table);
      facts.soon();
      document.dispatchEvent(new CustomEvent("lines:saved", { detail: answer }));
    },
  });
  const editor = new Editor(table, {
    onTyped: (row, column, words, old) => {
      saver.typed(row, column, words, old);
      keepBlankRow(table);
    },
    onLeave: (row) => saver.left(row),
  });
  const selection = new Selection(table);
  const keyboard = new Keyboard(table, editor, saver, selection);
  const facts = new Facts(table, saver);
  new Clipboard(table, editor, saver, selection);
  saver.onGone = (row) => {
    if (editor.row !== row) return;
    const other = table.next(row) ?? table.previous(row) ?? keyboard.newRow();
    editor.begun = editor.input.value;
    if (other) editor.go(other, editor.column, { focus: document.activeElement === editor.input });
  };

  document.addEventListener("lines:changed", (event) => saver.apply({ rows: event.detail.rows }, new Map()));

  table.scroll.removeAttribute("tabindex");
  const wasEmpty = !table.first();
  keepBlankRow(table);
  const begin = wasEmpty ? table.first() : table.rows().find((row) => table.isNew(row)) ?? table.first();
  if (begin) {
    const isFree = document.activeElement === document.body && !location.hash;
    editor.go(begin, keyboard.stops(begin)[0] ?? table.columns[0], { focus: wasEmpty && isFree });
  }
  facts.soon();
  tellKeys(table);
  element.dataset.ready = "yes";
}

function keepBlankRow(table) {
  const last = table.last();
  if (table.mayAdd && !(last && table.isBlank(last))) table.add();
}

function tellKeys(table) {
  for (const [key, label] of KEYS) bind(key, label(), () => false);
  if (table.data.lastPrice) bind("Alt+L", text("grid.key.last-price"), () => false);
  for (const [key, name] of JUMPS) if (table.byName.has(name)) bind(key, table.byName.get(name).label, () => false);
  bind("Ctrl+Shift+F12", text("grid.key.focus"), () => {
    const isOn = table.element.classList.toggle("grid--alone");
    document.documentElement.classList.toggle("lines-alone", isOn);
    table.element.querySelector(".grid__editor")?.focus();
  });
}

const discounts = register(new Queue());

/** The invoice discount among the figures under the lines is saved when it is left, like any field. */
async function typeDiscount(form, input, amount) {
  try {
    const { parts } = await send(form.dataset.discount, { amount });
    input.blur();
    swap(parts);
    document.dispatchEvent(new CustomEvent("lines:saved", { detail: { parts } }));
  } catch (error) {
    input.setAttribute("aria-invalid", "true");
    note(error instanceof Refused ? error.message : text("net.failed"), "error");
  } finally {
    delete input.dataset.sent;
  }
}

// Enter changes the field and submits its form: one amount is sent once.
function discountOf(event) {
  const form = event.target.closest?.("form[data-discount]");
  if (!form) return;
  event.preventDefault();
  const input = form.querySelector("input[type=text]");
  const amount = input.value.trim();
  if (amount === (input.dataset.sent ?? input.defaultValue.trim())) return;
  input.dataset.sent = amount;
  discounts.put(() => typeDiscount(form, input, amount));
}

document.addEventListener("change", discountOf);
document.addEventListener("submit", discountOf);
