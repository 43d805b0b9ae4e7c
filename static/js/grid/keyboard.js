// Which key does what in a grid, and where the focus goes next. Nothing here waits for the server.
import { confirm } from "../dialog.js";
import { chordOf } from "../keys.js";
import { note } from "../announce.js";
import { get } from "../net.js";
import { text } from "../text.js";

const PAGE = 15;

/** Keys that go straight to a column that Enter passes by. */
export const JUMPS = [["Alt+P", "unit_price"], ["Shift+Alt+P", "line_discount_percent"]];

export class Keyboard {
  constructor(table, editor, saver, selection) {
    Object.assign(this, { table, editor, saver, selection });
    editor.input.addEventListener("keydown", (event) => {
      if (event.isComposing || editor.lookup.key(event)) {
        if (!event.isComposing) event.preventDefault();
        return;
      }
      if (this.press(chordOf(event), event)) event.preventDefault();
    });
    table.body.addEventListener("mousedown", (event) => this.point(event));
  }

  /** The mouse: a cell, or with Shift the rows up to it. */
  point(event) {
    const cell = event.target.closest("td[data-name]");
    const row = event.target.closest("tr[data-row]");
    if (!row || event.button !== 0) return;
    if (event.target === this.editor.input) {
      if (document.activeElement === this.editor.input) return;
      event.preventDefault(); // it waits in this cell, without the focus: all of its text is to be replaced
      this.editor.go(this.editor.row, this.editor.column);
      return;
    }
    if (event.shiftKey && this.editor.row) {
      event.preventDefault();
      this.selection.upTo(this.editor.row, row);
      return;
    }
    if (!cell || event.target.closest("a, button")) return;
    event.preventDefault();
    this.selection.clear();
    this.editor.go(row, this.table.columnOf(cell));
  }

  press(chord, event) {
    const { editor, table } = this;
    const keys = {
      Enter: () => this.quick(1),
      "Shift+Enter": () => this.quick(-1),
      Tab: () => this.step(1),
      "Shift+Tab": () => this.step(-1),
      Up: () => this.vertical(-1),
      Down: () => this.vertical(1),
      PageUp: () => this.vertical(-PAGE),
      PageDown: () => this.vertical(PAGE),
      Left: () => this.sideways(-1),
      Right: () => this.sideways(1),
      Home: () => !editor.editing && this.to(editor.row, table.columns[0]),
      End: () => !editor.editing && this.to(editor.row, table.columns.at(-1)),
      "Ctrl+Home": () => this.to(table.first(), editor.column),
      "Ctrl+End": () => this.to(table.last(), editor.column),
      Escape: () => this.escape(),
      F2: () => { editor.edit(); return true; },
      F8: () => this.copyAbove(),
      "Ctrl+Insert": () => this.insert(),
      "Ctrl+Delete": () => { this.remove(); return true; },
      "Ctrl+Shift+Enter": () => { editor.leave(); return true; },
      "Shift+Down": () => this.extend(1),
      "Shift+Up": () => this.extend(-1),
      "Ctrl+A": () => !editor.editing && this.selection.all(),
      "Alt+L": () => { this.lastPrice(); return true; },
      ...Object.fromEntries(JUMPS.map(([chord, name]) => [chord, () => this.jump(name)])),
    };
    if (!editor.row || !Object.hasOwn(keys, chord)) return false;
    if (!["Shift+Down", "Shift+Up", "Ctrl+A", "Ctrl+Delete"].includes(chord)) this.selection.clear();
    return keys[chord](event) === true;
  }

  to(row, column) {
    if (!row || !column) return false;
    this.editor.go(row, column);
    return true;
  }

  /** To a column of the line that was typed last, where the focus stands on a new one. */
  jump(name) {
    const { table, editor } = this;
    const column = table.byName.get(name);
    if (!column) return false;
    return this.to(table.isBlank(editor.row) ? table.previous(editor.row) ?? editor.row : editor.row, column);
  }

  /** Enter: the next cell of quick entry, then the first one of the next row, which is there at once. */
  quick(way) {
    const { table, editor } = this;
    const { row, column } = editor;
    editor.commit();
    const isEmpty = table.isBlank(row);
    const stops = this.stops(row);
    const at = table.columns.indexOf(column);
    if (way > 0 && isEmpty && column.name === "number" && table.byName.has("description")) {
      return this.to(row, table.byName.get("description"));
    }
    const inRow = way > 0
      ? stops.find((stop) => table.columns.indexOf(stop) > at)
      : stops.findLast((stop) => table.columns.indexOf(stop) < at);
    const isText = way > 0 && column.name === "description" && this.isText(row);
    if (inRow && !isText) return this.to(row, inRow);
    const other = way > 0 ? table.next(row) ?? this.newRow() : table.previous(row);
    if (!other) return true;
    const others = this.stops(other);
    return this.to(other, (way > 0 ? others[0] : others.at(-1)) ?? column);
  }

  /** A row that has words and sells nothing. */
  isText(row) {
    const { table } = this;
    if (!table.byName.has("number") || !table.byName.has("description")) return false;
    const type = table.byName.has("type") ? table.cell(row, "type").dataset.value : "";
    if (!table.isNew(row)) return type === (table.data.comment ?? "comment");
    return table.textOf(row, "number") === "" && table.textOf(row, "description") !== "";
  }

  stops(row) {
    const { table } = this;
    const quick = table.columns.filter((column) => column.quick && !table.isLocked(row, column));
    return quick.length ? quick : table.columns.filter((column) => !table.isLocked(row, column));
  }

  newRow() {
    const { table } = this;
    if (!table.mayAdd) return null;
    const last = table.last();
    return last && table.isBlank(last) ? last : table.add();
  }

  /** Tab: the next cell where people may type; from the last one out of the table. */
  step(way) {
    const { table, editor } = this;
    editor.commit();
    let { row } = editor;
    let at = table.columns.indexOf(editor.column);
    for (;;) {
      at += way;
      if (at < 0 || at >= table.columns.length) {
        if (way > 0 && table.isBlank(row)) return false;
        row = way > 0 ? table.next(row) : table.previous(row);
        if (!row) return false;
        at = way > 0 ? 0 : table.columns.length - 1;
      }
      if (!table.isLocked(row, table.columns[at])) return this.to(row, table.columns[at]);
    }
  }

  vertical(steps) {
    const { table, editor } = this;
    let { row } = editor;
    for (let count = Math.abs(steps); count > 0; count -= 1) {
      const next = steps > 0 ? table.next(row) : table.previous(row);
      if (!next) break;
      row = next;
    }
    return row === editor.row ? true : this.to(row, editor.column);
  }

  sideways(way) {
    const { table, editor } = this;
    if (editor.editing) return false;
    const next = table.columns[table.columns.indexOf(editor.column) + way];
    return next ? this.to(editor.row, next) : true;
  }

  escape() {
    const { editor } = this;
    const wasTyping = editor.editing || editor.table.typed(editor.row).problems.size > 0;
    editor.restore();
    return wasTyping;
  }

  copyAbove() {
    const { table, editor } = this;
    const above = table.previous(editor.row);
    if (above) editor.fill(table.textOf(above, editor.column.name));
    return true;
  }

  insert() {
    const { table, editor } = this;
    if (!table.mayAdd) return true;
    const row = table.add(editor.row);
    return this.to(row, this.stops(row)[0]);
  }

  extend(way) {
    const row = this.selection.edge(this.editor.row);
    const next = way > 0 ? this.table.next(row) : this.table.previous(row);
    this.selection.upTo(this.editor.row, next && !this.table.isBlank(next) ? next : row);
    return true;
  }

  async remove() {
    const { table, editor, saver } = this;
    if (table.data.mayRemove !== "yes") return;
    const rows = this.selection.rows().length ? this.selection.rows() : [editor.row];
    const stored = rows.filter((row) => !table.isNew(row));
    const { column } = editor;
    if (stored.length) {
      const question = stored.length === 1
        ? text("grid.delete", { row: `${table.data.rowName} ${stored[0].dataset.row}`, what: this.nameOf(stored[0]) })
        : text("grid.delete-many", { count: stored.length });
      if (!await confirm(question, { danger: true })) { editor.input.focus(); return; }
    }
    const after = table.next(rows.at(-1)) ?? table.previous(rows[0]) ?? this.newRow();
    this.selection.clear();
    for (const row of rows) table.typed(row).typed.clear();
    editor.begun = editor.input.value;
    if (after) this.to(after, column);
    for (const row of rows) saver.remove(row);
    if (table.mayAdd && !table.rows().some((row) => table.isNew(row))) table.add();
    if (!editor.row?.isConnected || editor.row.hidden) this.to(table.first(), column);
  }

  nameOf(row) {
    return ["number", "description"].filter((name) => this.table.byName.has(name))
      .map((name) => this.table.textOf(row, name)).filter(Boolean).join(" ");
  }

  async lastPrice() {
    const { table, editor } = this;
    if (!table.data.lastPrice || table.isNew(editor.row)) return;
    try {
      note((await get(table.data.lastPrice.replace("/0/", `/${editor.row.dataset.row}/`))).text, "info");
    } catch (error) {
      note(error.message, "error");
    }
  }
}

/** Whole rows, chosen to be copied or deleted. */
export class Selection {
  #rows = new Set();

  constructor(table) { this.table = table; }

  rows() { return this.table.rows().filter((row) => this.#rows.has(row)); }

  clear() {
    for (const row of this.#rows) row.removeAttribute("aria-selected");
    this.#rows.clear();
    this.far = null;
  }

  edge(row) { return this.far ?? row; }

  upTo(from, to) {
    this.clear();
    const rows = this.table.rows();
    const [first, last] = [rows.indexOf(from), rows.indexOf(to)].sort((one, other) => one - other);
    this.far = to;
    for (const row of rows.slice(first, last + 1)) if (!this.table.isBlank(row)) this.#mark(row);
  }

  all() {
    this.clear();
    for (const row of this.table.rows()) if (!this.table.isBlank(row)) this.#mark(row);
    return true;
  }

  #mark(row) {
    this.#rows.add(row);
    row.setAttribute("aria-selected", "true");
  }
}
