// Saves rows in the order in which they were typed. While one request is on its way what is typed gathers for the next:
// one request with many rows.
import { saving } from "../announce.js";
import { newKey, Queue, send, Unreachable } from "../net.js";
import { holdBack, register } from "../pending.js";
import { text } from "../text.js";

export class Saver {
  #waiting = new Set();
  #scheduled = false;
  #queue = register(new Queue());
  #lost = null; // a request of which nobody knows whether it arrived: sent again as it was, before anything else

  /** onSaved(answer): after each answer was put into the table; editor: told of cells that changed under it. */
  constructor(table, { onSaved }) {
    Object.assign(this, { table, onSaved });
    table.onChoose = (row, name, whose) => this.choose(row, name, whose);
    holdBack(() => this.reason());
    window.addEventListener("online", () => { if (this.#lost) this.#soon(); });
  }

  get busy() { return this.#queue.busy; }

  /** Why posting has to wait: a value that was refused, or a row that says too little. */
  reason() {
    const row = this.table.rows().find((each) => this.table.typed(each).typed.size > 0);
    if (!row || this.busy) return "";
    const first = [...this.table.typed(row).problems.values()][0];
    return first ? first.message : text("grid.unfinished");
  }

  /** A value was typed. */
  typed(row, column, words, old) {
    const { table } = this;
    const cell = table.cell(row, column.name);
    const isOnItsWay = this.#isOnItsWay(row);
    if (cell.dataset.shown === undefined) cell.dataset.shown = table.textOf(row, column.name);
    if (table.isNew(row) && words === "") {
      table.type(row, column.name, words, old);
      table.settle(row, column.name, "");
      return;
    }
    table.type(row, column.name, words, isOnItsWay ? undefined : old);
    saving("saving");
    if (this.isReady(row)) this.#later(row);
  }

  #isOnItsWay(row) { return this.table.isNew(row) || this.sent?.has(row) || this.#waiting.has(row); }

  /** A row that is not stored says what it sells first, or is left. */
  isReady(row) {
    if (!this.table.isNew(row)) return true;
    const { typed, problems } = this.table.typed(row);
    return problems.size === 0 && (typed.has("number") || typed.has("description") || !this.table.byName.has("number"));
  }

  left(row) {
    const { typed, problems } = this.table.typed(row);
    if (this.table.isNew(row) && typed.size && !problems.size && !this.sent?.has(row)) this.#later(row);
  }

  remove(row) {
    const next = row.nextElementSibling;
    if (next?.classList.contains("grid__why")) next.remove();
    row.hidden = true;
    row.dataset.removed = "yes";
    this.#later(row);
  }

  choose(row, name, whose) {
    const { table } = this;
    const state = table.typed(row);
    const { value, theirs, mine } = state.conflicts.get(name);
    state.conflicts.delete(name);
    if (whose === "theirs") {
      table.settle(row, name, theirs);
      table.tell(row);
      return;
    }
    table.type(row, name, mine, value);
    this.#later(row);
  }

  #later(row) {
    this.#waiting.add(row);
    this.#soon();
  }

  #soon() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#queue.put(() => { this.#scheduled = false; return this.#send(); });
  }

  /** Rows that are no rows of the table yet, as they are pasted. Resolves to the answer. */
  put(rows) {
    return this.#queue.put(async () => {
      saving("saving");
      const answer = await send(this.table.data.save, { key: newKey(), rows });
      this.apply(answer, new Map());
      return answer;
    });
  }

  async #send() {
    if (this.#lost) await this.#ask(this.#lost);
    const request = this.#lost ? null : this.#gather();
    if (request) await this.#ask(request);
  }

  /** All that waits as one request, or null. */
  #gather() {
    const asked = new Map();
    const rows = [];
    for (const row of this.#waiting) {
      if (!row.isConnected) continue;
      if (row.dataset.removed && this.table.isNew(row)) { this.table.remove(row); continue; }
      const fields = row.dataset.removed ? {} : this.#fields(row);
      if (!row.dataset.removed && !Object.keys(fields).length) continue;
      const sent = { row: row.dataset.row, fields };
      if (row.dataset.removed) sent.remove = true;
      else if (this.table.isNew(row)) Object.assign(sent, this.#place(row, asked));
      asked.set(row, fields);
      rows.push(sent);
    }
    this.#waiting.clear();
    return rows.length ? { asked, body: { key: newKey(), rows } } : null;
  }

  async #ask({ asked, body }) {
    this.sent = new Set(asked.keys());
    this.#lost = null;
    saving("saving");
    try {
      this.apply(await send(this.table.data.save, body), asked);
    } catch (error) {
      if (error instanceof Unreachable) this.#lost = { asked, body };
      const problem = { message: error.message };
      for (const row of asked.keys()) {
        row.hidden = false;
        delete row.dataset.removed;
        this.table.typed(row).problems.set("", problem);
        this.table.tell(row);
      }
      saving("failed");
    } finally {
      this.sent = null;
    }
  }

  #fields(row) {
    const { typed, problems, conflicts } = this.table.typed(row);
    const fields = {};
    for (const [name, { text: words, old }] of typed) {
      if (!this.table.isNew(row) && (problems.has(name) || conflicts.has(name))) continue;
      fields[name] = { old: old ?? this.table.cell(row, name).dataset.value, new: words };
    }
    return fields;
  }

  /** Above which stored row a new one belongs: none at the end. */
  #place(row, asked) {
    let below = this.table.next(row);
    while (below && this.table.isNew(below)) below = this.table.next(below);
    if (!below) return {};
    let above = this.table.previous(row);
    while (above && this.table.isNew(above) && !asked.has(above)) above = this.table.previous(above);
    return { after: above ? above.dataset.row : "" };
  }

  apply(answer, asked) {
    const { table } = this;
    const byName = new Map([...asked.keys()].map((row) => [row.dataset.row, row]));
    let failed = false;
    for (const said of answer.rows) {
      const row = byName.get(said.row) ?? table.row(said.id || said.row);
      if (said.removed) {
        if (row) this.gone(row);
        continue;
      }
      const place = row ?? (said.cells && said.id ? table.insert(said.id, said.after) : null);
      if (!place) continue;
      if (said.id && place.dataset.row !== said.id) table.name(place, said.id);
      failed = this.#answerRow(place, said, asked.get(place) ?? {}) || failed;
    }
    table.number();
    saving(failed ? "failed" : this.#waiting.size ? "saving" : "saved");
    this.onSaved(answer);
  }

  #answerRow(row, said, fields) {
    const { table } = this;
    const state = table.typed(row);
    for (const name of Object.keys(fields)) state.problems.delete(name);
    state.problems.delete("");
    for (const problem of said.problems ?? []) {
      state.problems.set(table.byName.has(problem.field) ? problem.field : "", problem);
    }
    for (const conflict of said.conflicts ?? []) state.conflicts.set(conflict.field, conflict);
    const isStored = Boolean(said.id);
    for (const [name, { new: words }] of Object.entries(fields)) {
      const isWrong = state.problems.has(name) || state.conflicts.has(name);
      const typed = state.typed.get(name);
      if (isStored && !isWrong && typed?.text === words) table.settle(row, name);
      else if (isStored && !isWrong && typed) typed.old = undefined;
    }
    for (const [name, cell] of Object.entries(said.cells ?? {})) {
      table.put(row, name, cell);
      const place = table.byName.has(name) && table.cell(row, name);
      if (place && state.typed.has(name)) place.dataset.shown = cell.shown;
      else if (place) delete place.dataset.shown;
    }
    if (row.dataset.removed && state.problems.size) {
      delete row.dataset.removed;
      row.hidden = false;
    }
    table.tell(row);
    const left = isStored && [...state.typed.keys()].some((name) => !state.problems.has(name) && !state.conflicts.has(name));
    if (left) this.#later(row);
    return state.problems.size > 0 || state.conflicts.size > 0;
  }

  gone(row) {
    this.onGone?.(row);
    this.table.remove(row);
  }
}
