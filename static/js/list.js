// A list under the hand: rows that follow on scrolling, the arrow keys, choosing rows, sorting by a second column.
import { say } from "./announce.js";
import { confirm } from "./dialog.js";
import { bind } from "./keys.js";
import { getHTML } from "./net.js";
import { text } from "./text.js";

const NEAR = 600; // pixels before the last row at which the next ones are asked for

/** element: .list with data-next, the address of the rows that follow, and data-plain, the list without filters */
export function start(element) {
  const table = element.querySelector(".list__table");
  if (!table) return;
  const list = { element, table, head: table.querySelector("thead"), body: table.querySelector("tbody"), column: 0 };
  follow(list);
  move(list);
  choose(list);
  sort(list);
  ask(list);
  arrange(element);
  const searched = new URL(window.location.href).searchParams.has("q");
  if (searched && document.activeElement === document.body) linksOf(list)[0]?.focus({ preventScroll: true });
}

const linksOf = (list) => [...list.body.querySelectorAll(".row__link")];
const rowOf = (element) => element.closest("tbody tr[data-row]");

/** Append the next rows when the reader comes near the end; without this module a link leads to them. */
function follow(list) {
  const { element, table } = list;
  let loading = false;
  const own = () => table.scrollHeight > table.clientHeight + 1;
  const left = () => (own() && getComputedStyle(table).maxHeight !== "none"
    ? table.scrollHeight - table.scrollTop - table.clientHeight
    : table.getBoundingClientRect().bottom - window.innerHeight);
  list.more = async () => {
    if (loading || !element.dataset.next) return false;
    loading = true;
    try {
      const page = document.createElement("template");
      page.innerHTML = await getHTML(element.dataset.next);
      const rows = page.content.querySelector("tbody");
      element.dataset.next = rows.dataset.next ?? "";
      list.body.append(...rows.children);
      const link = element.querySelector(".pager [rel=next]");
      if (element.dataset.next) link?.setAttribute("href", element.dataset.next);
      else link?.remove();
      say(text("list.more", { count: list.body.rows.length }));
      return true;
    } finally {
      loading = false;
    }
  };
  const look = () => { if (left() < NEAR) list.more(); };
  table.addEventListener("scroll", look, { passive: true });
  window.addEventListener("scroll", look, { passive: true });
}

/** Up and Down go from row to row, Left and Right from column to column; Enter opens the row, being a link. */
function move(list) {
  const { table, element } = list;
  const to = async (place) => {
    let links = linksOf(list);
    if (place >= links.length && await list.more()) links = linksOf(list);
    const link = links[Math.max(0, Math.min(place, links.length - 1))];
    link?.focus({ preventScroll: true });
    rowOf(link ?? table)?.scrollIntoView({ block: "nearest" });
    here(list);
  };
  table.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey) return;
    const place = linksOf(list).indexOf(rowOf(event.target)?.querySelector(".row__link"));
    const jumps = { Home: 0, End: linksOf(list).length - 1 };
    if (event.ctrlKey && event.key in jumps) to(jumps[event.key]);
    else if (event.ctrlKey) return;
    else if (event.key === "ArrowDown") { reach(list, event); to(place + 1); }
    else if (event.key === "ArrowUp") { reach(list, event); to(Math.max(place - 1, 0)); }
    else if (event.key === "ArrowRight" && place >= 0) here(list, 1);
    else if (event.key === "ArrowLeft" && place >= 0) here(list, -1);
    else if (event.key === " " && event.target.matches(".row__link")) tick(list, rowOf(event.target), event.shiftKey);
    else return;
    event.preventDefault();
  });
  element.querySelector("input[type=search]")?.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || event.altKey) return;
    event.preventDefault();
    to(0);
  });
  bind("Alt+F3", text("list.filter-value"), () => filterBy(list));
  bind("Shift+Alt+F3", text("list.filter-column"), () => askFor(list));
  bind("Alt+F7", text("list.sort-column"), () => headOf(list)?.querySelector(".sort")?.click());
}

const cellsOf = (row) => [...row.cells].filter((cell) => !cell.matches(".pick"));
const headsOf = (list) => [...list.head.rows[0].cells].filter((cell) => !cell.matches(".pick"));
const headOf = (list) => headsOf(list)[list.column];
const current = (list) => rowOf(document.activeElement) ?? list.body.querySelector("tr[data-row]");

/** Mark the cell that filtering and sorting by a column are about. */
function here(list, step = 0) {
  const heads = headsOf(list).filter((head) => head.offsetParent);
  const place = heads.indexOf(headOf(list)) + step;
  list.column = headsOf(list).indexOf(heads[Math.max(0, Math.min(place, heads.length - 1))]);
  list.table.querySelectorAll(".here").forEach((cell) => cell.classList.remove("here"));
  const row = current(list);
  const cell = row && cellsOf(row)[list.column];
  cell?.classList.add("here");
  if (step && cell) {
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    say(`${headOf(list).textContent.trim()}: ${cell.textContent.trim()}`);
  }
}

function filterBy(list) {
  const row = current(list);
  const cell = row && cellsOf(row)[list.column];
  if (!cell?.dataset.filter) return false;
  const address = new URL(window.location.href);
  for (const name of ["after", "before"]) address.searchParams.delete(name);
  address.searchParams.set(`f.${headOf(list).dataset.column}`, cell.dataset.filter);
  window.location.assign(address);
  return true;
}

function askFor(list) {
  const pane = list.element.querySelector(".filters");
  if (!pane) return false;
  pane.open = true;
  (pane.querySelector(`[name="f.${headOf(list)?.dataset.column}"]`) ?? pane.querySelector("input[type=text]"))?.focus();
  return true;
}

/** Choosing: a click, Space, Shift for all between, the box in the head for all rows shown. */
function choose(list) {
  const { table } = list;
  const all = table.querySelector("[data-all]");
  if (!all) return;
  all.hidden = false;
  all.addEventListener("change", () => {
    boxesOf(list).forEach((box) => { box.checked = all.checked; });
    told(list);
  });
  table.addEventListener("click", (event) => {
    if (event.target.matches("tbody .pick input")) between(list, event.target, event.shiftKey);
    else if (event.target.matches("tbody .pick")) event.target.querySelector("input")?.click();
  });
  told(list);
  window.addEventListener("pageshow", () => told(list));
}

const boxesOf = (list) => [...list.body.querySelectorAll(".pick input")];

function between(list, box, isRange) {
  const boxes = boxesOf(list);
  const from = boxes.indexOf(list.last);
  const to = boxes.indexOf(box);
  if (isRange && from >= 0) {
    boxes.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((each) => { each.checked = box.checked; });
  }
  list.last = box;
  told(list);
}

function tick(list, row, isRange) {
  const box = row?.querySelector(".pick input");
  if (!box) return;
  box.checked = isRange || !box.checked;
  between(list, box, isRange);
}

/** Shift with an arrow key chooses the row that is left and the one that is reached. */
function reach(list, event) {
  if (!event.shiftKey) return;
  const row = rowOf(event.target);
  const next = event.key === "ArrowDown" ? row?.nextElementSibling : row?.previousElementSibling;
  [row, next].forEach((each) => {
    const box = each?.querySelector(".pick input");
    if (box) { box.checked = true; list.last = box; }
  });
  told(list);
}

function told(list) {
  const boxes = boxesOf(list);
  const chosen = boxes.filter((box) => box.checked);
  boxes.forEach((box) => rowOf(box)?.toggleAttribute("data-chosen", box.checked));
  const all = list.table.querySelector("[data-all]");
  if (all) {
    all.checked = chosen.length > 0 && chosen.length === boxes.length;
    all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
  }
  const words = list.element.querySelector("[data-chosen]:not(tr)");
  if (words) words.textContent = chosen.length ? text("list.chosen", { count: chosen.length }) : text("list.none-chosen");
  list.element.querySelectorAll(".list__actions button").forEach((button) => { button.disabled = !chosen.length; });
}

/** Shift and a click on a head sorts by it after the first column. */
function sort(list) {
  list.head.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-then]");
    if (!link || !event.shiftKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    window.location.assign(link.dataset.then);
  });
}

/** Actions that cannot be taken back ask here instead of on a page of their own. */
function ask(list) {
  const form = list.element.querySelector(".list__actions");
  form?.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button?.dataset.question || form.querySelector("[name=confirmed]")) return;
    event.preventDefault();
    if (!await confirm(button.dataset.question, { danger: button.matches(".button--danger") })) return;
    const sure = Object.assign(document.createElement("input"), { type: "hidden", name: "confirmed", value: "1" });
    form.append(sure);
    form.requestSubmit(button);
  });
}

/** Columns change places with the buttons beside them. */
function arrange(element) {
  element.querySelectorAll("[data-chooser] .chooser__row").forEach((row) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "↑" });
    button.className = "button chooser__move";
    button.setAttribute("aria-label", text("list.move-up", { name: row.textContent.trim() }));
    button.addEventListener("click", () => {
      row.previousElementSibling?.matches(".chooser__row") && row.parentElement.insertBefore(row, row.previousElementSibling);
      button.focus();
    });
    row.append(button);
  });
}
