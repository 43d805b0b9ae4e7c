// Rows from a spreadsheet, and back to it: columns by the words of a header row, else in the order of the table.
import { note } from "../announce.js";
import { text } from "../text.js";

const MOST = 2000;

/** Text of the clipboard as rows of cells; cells in quotes may hold tabs and line breaks. */
export function readSheet(words) {
  const rows = [[]];
  const pattern = /"((?:[^"]|"")*)"(?=\t|\r?\n|$)|([^\t\r\n]*)/y;
  let place = 0;
  while (place <= words.length) {
    pattern.lastIndex = place;
    const found = pattern.exec(words);
    rows.at(-1).push((found[1] === undefined ? found[2] : found[1].replaceAll('""', '"')).trim());
    place = pattern.lastIndex;
    if (words[place] === "\t") place += 1;
    else if (place < words.length) {
      place += words[place] === "\r" && words[place + 1] === "\n" ? 2 : 1;
      if (place < words.length) rows.push([]);
      else break;
    } else break;
  }
  return rows.filter((row) => row.some(Boolean));
}

/** Rows of cells as text that spreadsheets take. */
export const writeSheet = (rows) => rows
  .map((row) => row.map((cell) => (/[\t\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join("\t"))
  .join("\n");

/** The columns that a header row names, or null where it is no header: [name or "", …]. */
export function readHeader(row, names) {
  const found = row.map((cell) => names.get(cell.toLowerCase()) ?? "");
  const known = found.filter(Boolean);
  const isHeader = known.length >= Math.max(1, Math.ceil(row.filter(Boolean).length / 2));
  return isHeader && known.some((name) => ["number", "description"].includes(name)) ? found : null;
}

export class Clipboard {
  constructor(table, editor, saver, selection) {
    Object.assign(this, { table, editor, saver, selection });
    this.names = new Map((table.data.names ?? "").split("\n").filter(Boolean).map((line) => line.split("\t")));
    this.report = table.element.querySelector(".grid__report");
    table.element.addEventListener("paste", (event) => this.paste(event));
    table.element.addEventListener("copy", (event) => this.copy(event));
  }

  copy(event) {
    const rows = this.selection.rows();
    if (!rows.length) return;
    const { columns } = this.table;
    const cells = rows.map((row) => columns.map(({ name }) => this.table.textOf(row, name)));
    event.clipboardData.setData("text/plain", writeSheet([columns.map(({ label }) => label), ...cells]));
    event.preventDefault();
    note(text("grid.copied", { count: rows.length }), "info");
  }

  paste(event) {
    const words = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
    if (!this.editor.row || !/[\t\n]/.test(words)) return;
    event.preventDefault();
    const sheet = readSheet(words);
    const header = readHeader(sheet[0] ?? [], this.names);
    const rows = header ? sheet.slice(1) : sheet;
    if (rows.length > MOST) {
      note(text("grid.too-many", { count: rows.length, most: MOST }), "error");
      return;
    }
    const order = header ?? this.#order();
    const isNew = this.table.isNew(this.editor.row);
    if (isNew || header) this.#add(rows, order, header ? sheet[0] : null);
    else this.#fill(rows, order);
  }

  /** From the cell with the focus to the right, as far as people may type there. */
  #order() {
    const { columns } = this.table;
    return columns.slice(columns.indexOf(this.editor.column)).map(({ name }) => name);
  }

  /** Over rows that are there; what is left over becomes new rows. */
  #fill(rows, order) {
    let row = this.editor.row;
    const begin = row;
    const column = this.editor.column;
    for (const [place, cells] of rows.entries()) {
      if (!row) {
        if (this.table.mayAdd) this.#add(rows.slice(place), order, null);
        break;
      }
      cells.forEach((words, at) => {
        const target = this.table.byName.get(order[at]);
        if (!target || this.table.isLocked(row, target) || words === this.table.textOf(row, target.name)) return;
        this.saver.typed(row, target, words, this.table.cell(row, target.name).dataset.value);
      });
      row = this.table.next(row);
    }
    this.editor.begun = this.editor.input.value;
    this.editor.go(begin, column);
  }

  async #add(rows, order, head) {
    if (!this.table.mayAdd) return;
    const above = this.#above();
    const sent = rows.map((cells, place) => {
      const fields = {};
      cells.forEach((words, at) => {
        const column = this.table.byName.get(order[at]);
        const known = column ? !column.locked : order[at] && this.names.has(order[at]);
        if (words && order[at] && known) fields[order[at]] = { old: "", new: words };
      });
      return { row: `new-pasted-${place}`, fields, ...(above === null ? {} : { after: above }) };
    }).filter(({ fields }) => Object.keys(fields).length);
    note(text("grid.pasting", { count: sent.length }), "info");
    try {
      const answer = await this.saver.put(sent);
      this.#say(answer, sent, rows, head);
    } catch (error) {
      this.#show(rows.map((cells) => ({ cells, reason: error.message })), 0, rows.length, head);
    }
  }

  /** The stored row above the place; null at the end. */
  #above() {
    let below = this.editor.row;
    while (below && this.table.isNew(below)) below = this.table.next(below);
    if (!below) return null;
    const above = this.table.previous(this.table.isNew(this.editor.row) ? this.editor.row : below);
    return above && !this.table.isNew(above) ? above.dataset.row : "";
  }

  #say(answer, sent, rows, head) {
    const said = new Map(answer.rows.map((row) => [row.row, row]));
    const refused = sent.flatMap(({ row }) => {
      const problems = said.get(row)?.id ? [] : said.get(row)?.problems ?? [];
      return problems.length
        ? [{ cells: rows[Number(row.split("-").at(-1))], reason: problems.map(({ message }) => message).join(" ") }] : [];
    });
    const taken = sent.length - refused.length;
    note(text("grid.pasted", { taken, refused: refused.length }), refused.length ? "warning" : "success");
    if (refused.length) this.#show(refused, taken, refused.length, head);
    else this.report.hidden = true;
  }

  /** The rows that were refused, with their reasons, to be copied back to where they came from. */
  #show(refused, taken, count, head) {
    const title = Object.assign(document.createElement("h3"), { textContent: text("grid.report", { taken, refused: count }) });
    const table = document.createElement("table");
    const width = Math.max(...refused.map(({ cells }) => cells.length));
    if (head) {
      const row = table.createTHead().insertRow();
      for (const words of [text("grid.reason"), ...head]) {
        row.append(Object.assign(document.createElement("th"), { textContent: words, scope: "col" }));
      }
    }
    const body = table.createTBody();
    for (const { cells, reason } of refused) {
      const row = body.insertRow();
      row.append(Object.assign(document.createElement("th"), { textContent: reason, scope: "row", className: "reasons" }));
      for (let at = 0; at < width; at += 1) row.insertCell().textContent = cells[at] ?? "";
    }
    const copy = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: text("grid.copy-refused") });
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(writeSheet([...(head ? [head] : []), ...refused.map(({ cells }) => cells)]));
      note(text("grid.copied", { count: refused.length }), "info");
    });
    const close = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: text("note.close") });
    close.addEventListener("click", () => { this.report.hidden = true; });
    const actions = Object.assign(document.createElement("div"), { className: "actions" });
    actions.append(copy, close);
    const scroll = Object.assign(document.createElement("div"), { className: "scroll", tabIndex: 0 });
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", title.textContent);
    scroll.append(table);
    this.report.replaceChildren(title, scroll, actions);
    this.report.hidden = false;
  }
}
