// What follows from the rows and comes by itself: the figures under them, what the stock says to each. Nobody waits for it.
import { say } from "../announce.js";
import { get } from "../net.js";
import { swap } from "../parts.js";
import { text } from "../text.js";

const PAUSE = 200;

export class Facts {
  #total = null;

  constructor(table, saver) { Object.assign(this, { table, saver }); }

  /** Ask soon, unless somebody is still typing: one question after many answers. */
  soon() {
    if (!this.table.data.facts) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    if (this.saver.busy) { this.soon(); return; }
    this.abort?.abort();
    this.abort = new AbortController();
    try {
      this.show(await get(this.table.data.facts, { signal: this.abort.signal }));
    } catch {
      // figures are not worth an error: the next change asks again
    }
  }

  show({ parts, cells }) {
    swap(parts);
    for (const [name, byRow] of Object.entries(cells ?? {})) {
      const column = this.table.byName.get(name);
      if (!column) continue;
      for (const row of this.table.rows()) {
        const cell = byRow[row.dataset.row];
        const shown = this.table.cell(row, name);
        if (cell || shown.textContent) this.table.put(row, name, cell ?? { value: "", shown: "", locked: true });
      }
    }
    const total = document.querySelector("[data-total]")?.textContent.trim();
    if (total && this.#total !== null && total !== this.#total) say(text("grid.total", { total }));
    this.#total = total ?? null;
  }
}
