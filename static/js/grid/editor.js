// The one field that moves from cell to cell. It is always there where the focus is: what is typed replaces the cell's text,
// and nothing has to be opened first. "Editing" begins with the first key typed, or with F2.
import { Lookup } from "../lookup.js";
import { text } from "../text.js";

export class Editor {
  row = null;
  column = null;
  editing = false;

  /** onTyped(row, column, text, old): a value was left that is another one; onLeave(row): the focus leaves a row. */
  constructor(table, { onTyped, onLeave }) {
    Object.assign(this, { table, onTyped, onLeave });
    this.input = document.createElement("input");
    Object.assign(this.input, { type: "text", className: "grid__editor", autocomplete: "off", spellcheck: false });
    this.lookup = new Lookup(this.input, { onTake: () => { this.editing = true; } });
    this.input.addEventListener("input", () => { this.editing = true; });
    this.input.addEventListener("pending:commit", () => this.commit());
    this.input.addEventListener("blur", () => {
      if (this.input.isConnected) this.commit();
    });
  }

  get cell() { return this.input.parentElement; }

  /** Go to a cell; what was typed in the one before is handed on. */
  go(row, column, { focus = true } = {}) {
    const { table, input } = this;
    this.commit();
    const left = this.row;
    this.row = row;
    this.column = column;
    const cell = table.cell(row, column.name);
    this.moving = true;
    if (input.parentElement !== cell) cell.append(input);
    this.moving = false;
    this.begin(table.textOf(row, column.name));
    input.readOnly = table.isLocked(row, column);
    input.inputMode = ["quantity", "price", "amount", "percent"].includes(column.kind) ? "decimal" : "text";
    input.setAttribute("aria-label", table.labelOf(row, column));
    this.describe();
    this.lookup.serve(input.readOnly ? null : this.source());
    if (focus) {
      input.focus({ preventScroll: true });
      input.select();
      this.reveal(cell);
    }
    if (left && left !== row && left.isConnected) this.onLeave(left);
  }

  begin(words) {
    this.begun = words;
    this.input.value = words;
    this.input.defaultValue = words;
    this.old = this.table.cell(this.row, this.column.name).dataset.value;
    this.editing = false;
  }

  describe() {
    const { problems, conflicts } = this.table.typed(this.row);
    const isWrong = problems.has(this.column.name) || conflicts.has(this.column.name);
    this.input.setAttribute("aria-invalid", String(isWrong));
    if (isWrong || problems.has("")) this.input.setAttribute("aria-describedby", `why-${this.row.dataset.row}`);
    else this.input.removeAttribute("aria-describedby");
  }

  /** Into view, beside the line numbers that stay and under the heads. */
  reveal(cell) {
    const box = this.table.scroll.getBoundingClientRect();
    const [at, heads] = [cell.getBoundingClientRect(), this.table.table.tHead.getBoundingClientRect().height];
    const numbers = this.row.cells[0].getBoundingClientRect().width;
    if (at.bottom > box.bottom - 4) this.table.scroll.scrollTop += at.bottom - box.bottom + 4;
    else if (at.top < box.top + heads) this.table.scroll.scrollTop -= box.top + heads - at.top;
    if (at.right > box.right) this.table.scroll.scrollLeft += at.right - box.right;
    else if (at.left < box.left + numbers) this.table.scroll.scrollLeft -= box.left + numbers - at.left;
    if (box.bottom > window.innerHeight || box.top < 0) cell.scrollIntoView({ block: "nearest" });
  }

  /** Hand on what was typed, if anything was. */
  commit() {
    if (!this.row || this.moving || this.input.readOnly) return;
    const words = this.input.value.trim();
    if (words === this.begun.trim()) return;
    const { row, column, old } = this;
    this.begun = words;
    this.input.defaultValue = words;
    this.editing = false;
    this.onTyped(row, column, words, old);
  }

  /** Back to what is stored. */
  restore() {
    const { table, row, column } = this;
    const { typed, problems, conflicts } = table.typed(row);
    if (typed.has(column.name) && (problems.has(column.name) || conflicts.has(column.name))) {
      problems.delete(column.name);
      conflicts.delete(column.name);
      this.table.settle(row, column.name, table.cell(row, column.name).dataset.shown ?? "");
      this.table.tell(row);
    }
    if (!typed.size && problems.delete("")) table.tell(row);
    this.begin(table.textOf(row, column.name));
    this.input.select();
    this.describe();
  }

  edit() {
    this.editing = !this.editing;
    if (this.editing) this.input.setSelectionRange(this.input.value.length, this.input.value.length);
    else this.input.select();
  }

  /** Put a text in as if it had been typed. */
  fill(words) {
    if (this.input.readOnly) return;
    this.input.value = words;
    this.editing = true;
    this.commit();
    this.input.select();
    this.editing = false;
  }

  /** The cell has another value: the server has said so. */
  refresh(row) {
    if (this.row !== row || !this.row.isConnected) return;
    this.input.setAttribute("aria-label", this.table.labelOf(row, this.column));
    this.describe();
    this.input.readOnly = this.table.isLocked(row, this.column);
    if (this.editing || this.input.value.trim() !== this.begun.trim()) {
      this.old = this.table.cell(row, this.column.name).dataset.value;
      return;
    }
    const hadFocus = document.activeElement === this.input;
    this.begin(this.table.textOf(row, this.column.name));
    if (hadFocus) this.input.select();
  }

  source() {
    const { table, row, column } = this;
    if (column.kind === "choice") {
      return { choices: column.choices.map(([, label]) => ({ number: label, name: "" })) };
    }
    const kinds = new Map((table.data.lookups ?? "").split("\n").filter(Boolean).map((line) => line.split("\t")));
    const by = column.name === "number" && table.byName.has("type") ? table.cell(row, "type").dataset.value : "";
    const kind = column.lookup && (kinds.get(by || table.data.type) ?? column.lookup);
    if (!kind) return null;
    const item = table.byName.has("number") ? table.textOf(row, "number") : "";
    return { kind, params: () => ({ customer: table.data.customer ?? "", item }) };
  }

  /** Leave the table for what comes after it. */
  leave() {
    this.commit();
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
    const after = all.find((element) => (
      this.table.scroll.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING
      && !this.table.scroll.contains(element) && element.offsetParent && !element.disabled
    ));
    after?.focus();
  }
}

/** What the help says of the keys of a grid. */
export const KEYS = [
  ["Enter", "grid.key.enter"], ["Shift+Enter", "grid.key.back"], ["F2", "grid.key.edit"],
  ["F8", "grid.key.copy-above"], ["Ctrl+Insert", "grid.key.insert"], ["Ctrl+Delete", "grid.key.delete"],
  ["Ctrl+Shift+Enter", "grid.key.leave"], ["Alt+Down", "grid.key.lookup"], ["Shift+Down", "grid.key.select"],
].map(([key, name]) => [key, () => text(name)]);
