// Payment registration: Space ticks, Enter goes down, and the totals follow every change.
import { send } from "./net.js";
import { swap } from "./parts.js";

const A_MOMENT = 250;

/** Start the form. data-totals: the address that adds up what is ticked. */
export function start(form) {
  let timer;
  let asked = 0;
  let sent = false;

  form.addEventListener("input", (event) => {
    const row = event.target.closest("tbody tr");
    if (row && event.target.type !== "checkbox" && event.target.value.trim()) tickOf(row).checked = true;
    if (row && event.target.type === "checkbox" && !event.target.checked) clear(row);
    clearTimeout(timer);
    timer = setTimeout(ask, A_MOMENT);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("tbody input")) {
      event.preventDefault();
      move(event.target, event.shiftKey ? -1 : 1);
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && event.target.matches("tbody input") && !event.altKey) {
      event.preventDefault();
      move(event.target, event.key === "ArrowUp" ? -1 : 1);
    }
  });
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });

  async function ask() {
    asked += 1;
    const mine = asked;
    const fields = Object.fromEntries([...new FormData(form)].filter(([name, value]) => (
      value && !["csrfmiddlewaretoken", "idempotency_key"].includes(name)
    )));
    const answer = await send(form.dataset.totals, { fields }, { patient: false });
    if (mine !== asked) return;
    const notes = form.querySelectorAll("tbody .row__notes");
    for (const note of notes) if (!(note.id in answer.parts)) note.replaceChildren();
    swap(answer.parts);
  }
}

const tickOf = (row) => row.querySelector("input[type=checkbox]");

function clear(row) {
  for (const field of row.querySelectorAll("input:not([type=checkbox])")) field.value = "";
}

// The field of the same column in the next row, or in the one before.
function move(field, step) {
  const rows = [...field.closest("tbody").rows];
  const cell = field.closest("td");
  const next = rows[rows.indexOf(cell.parentElement) + step]?.cells[cell.cellIndex]?.querySelector("input");
  next?.focus();
  if (next?.type !== "checkbox") next?.select?.();
}
