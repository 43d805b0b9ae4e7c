// The rows and cells of a grid. The table itself is the store: what the server knows stands in data-value, what it shows
// is the text of the cell; what was typed and is not stored yet is kept beside each row.
import { text } from "../text.js";

let names = 0;

export class Table {
  #typed = new WeakMap();

  constructor(element) {
    this.element = element;
    this.data = element.dataset;
    this.table = element.querySelector("table");
    this.body = this.table.tBodies[0];
    this.scroll = element.querySelector(".grid__scroll");
    this.columns = [...this.table.tHead.rows[0].cells].flatMap((head, place) => (head.dataset.name ? [{
      place,
      name: head.dataset.name,
      label: head.textContent.trim(),
      kind: head.dataset.kind,
      lookup: head.dataset.lookup ?? "",
      quick: head.dataset.quick === "yes",
      locked: head.dataset.locked === "yes",
      look: head.className,
      choices: (head.dataset.choices ?? "").split("\n").filter(Boolean).map((line) => line.split("\t")),
    }] : []));
    this.byName = new Map(this.columns.map((column) => [column.name, column]));
    for (const box of this.body.querySelectorAll(".plain")) {
      const cell = box.closest("td");
      cell.textContent = cell.querySelector(".scripted")?.textContent ?? "";
    }
  }

  get mayAdd() { return this.data.mayAdd === "yes"; }

  rows() { return [...this.body.querySelectorAll(":scope > tr[data-row]:not([hidden])")]; }
  row(id) { return this.body.querySelector(`:scope > tr[data-row="${CSS.escape(id)}"]`); }
  first() { return this.#seek(this.body.firstElementChild, "nextElementSibling"); }
  last() { return this.#seek(this.body.lastElementChild, "previousElementSibling"); }
  next(row) { return this.#seek(row.nextElementSibling, "nextElementSibling"); }
  previous(row) { return this.#seek(row.previousElementSibling, "previousElementSibling"); }
  cell(row, name) { return row.cells[this.byName.get(name).place]; }
  columnOf(cell) { return this.byName.get(cell?.dataset.name); }
  isNew(row) { return row.dataset.row.startsWith("new-"); }

  #seek(row, way) {
    let found = row;
    while (found && (!found.dataset.row || found.hidden)) found = found[way];
    return found;
  }

  /** What of a row is not stored: typed (name -> { text, old }), problems (name -> sentence), conflicts. */
  typed(row) {
    if (!this.#typed.has(row)) this.#typed.set(row, { typed: new Map(), problems: new Map(), conflicts: new Map() });
    return this.#typed.get(row);
  }

  isBlank(row) { return this.isNew(row) && this.typed(row).typed.size === 0; }

  isLocked(row, column) {
    return column.locked || this.cell(row, column.name).dataset.locked === "yes";
  }

  /** What the cell says now: what was typed, else what is stored. */
  textOf(row, name) {
    const typed = this.typed(row).typed.get(name);
    return typed ? typed.text : this.#shown(this.cell(row, name));
  }

  #shown(cell) { return (cell.firstChild?.nodeType === Node.TEXT_NODE ? cell.firstChild.data : "").trim(); }

  #show(cell, words) {
    if (cell.firstChild?.nodeType === Node.TEXT_NODE) cell.firstChild.data = words;
    else cell.prepend(words);
  }

  labelOf(row, column) {
    const line = this.isNew(row) ? text("grid.new-row", { row: this.data.rowName }) : `${this.data.rowName} ${row.dataset.row}`;
    return `${column.label}, ${line}`;
  }

  /** A row that nobody has stored yet, above another one or at the end. */
  add(above = null) {
    this.body.querySelector(":scope > .grid__none")?.remove();
    const row = this.#make(`new-${names += 1}`);
    this.body.insertBefore(row, above);
    this.number();
    return row;
  }

  /** A stored row that this page does not know yet, below another one. */
  insert(id, below) {
    this.body.querySelector(":scope > .grid__none")?.remove();
    const row = this.#make(id);
    const above = below ? this.row(below) : null;
    const next = above ? this.#below(above) : (below === "" ? this.body.firstElementChild : this.#firstNew());
    this.body.insertBefore(row, next);
    this.name(row, id);
    return row;
  }

  #below(row) {
    let next = row.nextElementSibling;
    while (next && !next.dataset.row) next = next.nextElementSibling;
    return next;
  }

  #firstNew() { return this.rows().find((row) => this.isNew(row)) ?? null; }

  #make(id) {
    const row = document.createElement("tr");
    row.dataset.row = id;
    const head = document.createElement("th");
    head.scope = "row";
    head.className = "grid__no";
    head.append(Object.assign(document.createElement("span"), {
      className: "sr", textContent: text("grid.new-row", { row: this.data.rowName }),
    }));
    row.append(head);
    for (const column of this.columns) {
      const cell = document.createElement("td");
      cell.className = column.look;
      Object.assign(cell.dataset, { name: column.name, value: "" });
      if (column.locked) cell.dataset.locked = "yes";
      row.append(cell);
    }
    return row;
  }

  /** The row is stored under this id now. */
  name(row, id) {
    row.dataset.row = id;
    row.id = `line-${id}`;
    const address = this.data.address?.replace(/\/0\//, `/${id}/`);
    const shown = address ? Object.assign(document.createElement("a"), { href: address, tabIndex: -1 }) : document.createElement("span");
    shown.textContent = id;
    row.cells[0].replaceChildren(shown);
  }

  /** Tell those who cannot see it how many rows there are, and which is which. */
  number() {
    const rows = this.rows();
    rows.forEach((row, place) => {
      if (row.getAttribute("aria-rowindex") !== String(place + 2)) row.setAttribute("aria-rowindex", place + 2);
    });
    this.table.setAttribute("aria-rowcount", rows.length + 1);
  }

  /** A cell as the server has it. What somebody has typed there and is not stored stays to be seen. */
  put(row, name, { value, shown, title, locked, look }) {
    if (!this.byName.has(name)) return;
    const cell = this.cell(row, name);
    cell.dataset.value = value;
    if (title) cell.title = title; else cell.removeAttribute("title");
    if (locked) cell.dataset.locked = "yes"; else delete cell.dataset.locked;
    if (look) cell.dataset.look = look; else delete cell.dataset.look;
    if (!this.typed(row).typed.has(name)) this.#show(cell, shown);
  }

  /** Somebody typed this. */
  type(row, name, words, old) {
    const state = this.typed(row);
    state.problems.delete(name);
    state.problems.delete("");
    state.conflicts.delete(name);
    state.typed.set(name, { text: words, old });
    const cell = this.cell(row, name);
    this.#show(cell, words);
    cell.classList.add("grid__unsaved");
    this.tell(row);
  }

  /** What was typed there is stored, or given up. */
  settle(row, name, shown) {
    this.typed(row).typed.delete(name);
    const cell = this.cell(row, name);
    cell.classList.remove("grid__unsaved");
    if (shown !== undefined) this.#show(cell, shown);
  }

  remove(row) {
    this.#why(row)?.remove();
    row.remove();
    this.number();
  }

  #why(row) {
    const next = row.nextElementSibling;
    return next?.classList.contains("grid__why") ? next : null;
  }

  /** Show what is wrong with a row under it, and mark its cells. onChoose(name, "mine" | "theirs") answers a conflict. */
  tell(row, onChoose = this.onChoose) {
    const { problems, conflicts } = this.typed(row);
    const why = this.#why(row);
    for (const column of this.columns) {
      const cell = row.cells[column.place];
      const isWrong = problems.has(column.name) || conflicts.has(column.name);
      if (isWrong) cell.setAttribute("aria-invalid", "true");
      else if (cell.hasAttribute("aria-invalid")) cell.removeAttribute("aria-invalid");
      cell.classList.toggle("grid__wrong", isWrong);
    }
    if (!problems.size && !conflicts.size) { why?.remove(); return; }
    const place = why ?? document.createElement("tr");
    place.className = "grid__why";
    const cell = document.createElement("td");
    cell.colSpan = this.columns.length + 1;
    cell.id = `why-${row.dataset.row}`;
    for (const problem of problems.values()) cell.append(sentence(problem));
    for (const [name, conflict] of conflicts) {
      const words = text("grid.conflict", { ...conflict, field: this.byName.get(name)?.label ?? name });
      const box = sentence({ message: words });
      for (const whose of ["theirs", "mine"]) {
        const button = Object.assign(document.createElement("button"), { type: "button", className: "button" });
        button.textContent = text(`grid.take-${whose}`, conflict);
        button.addEventListener("click", () => onChoose?.(row, name, whose));
        box.append(" ", button);
      }
      cell.append(box);
    }
    place.replaceChildren(cell);
    row.after(place);
  }
}

function sentence({ message, setup }) {
  const box = document.createElement("p");
  box.append(message);
  if (setup) box.append(" ", Object.assign(document.createElement("a"), { href: setup, textContent: text("grid.mend") }));
  return box;
}
