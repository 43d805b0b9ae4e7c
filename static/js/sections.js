// Sections that fold: remembered for the user, walked through with F6, folded with Alt+F6.
import { bind } from "./keys.js";
import { send } from "./net.js";
import { text } from "./text.js";

const KEY = "sales.document.folds";

/** Let the sections of a page remember how they were left. page: an element with data-preference. */
export function start(page) {
  const open = new Map([...page.querySelectorAll("details[data-section]")].map((each) => [each.dataset.section, each.open]));
  page.addEventListener("toggle", (event) => {
    const section = event.target.dataset?.section;
    if (!section || open.get(section) === event.target.open) return;
    open.set(section, event.target.open);
    remember(page, section, event.target.open);
  }, true);
  bind("F6", text("sections.next"), () => walk(page, 1));
  bind("Shift+F6", text("sections.previous"), () => walk(page, -1));
  bind("Alt+F6", text("sections.fold"), () => {
    const section = document.activeElement?.closest("details[data-section]");
    if (!section) return;
    section.open = !section.open;
    section.querySelector("summary").focus();
  });
  page.dataset.ready = "yes"; // the last of the page's modules
}

/** Remember that something of documents is open, or folded. */
export function remember(page, name, isOpen) {
  send(page.dataset.preference, { key: KEY, merge: { [name]: isOpen } }, { patient: false }).catch(() => {});
}

function walk(page, step) {
  const places = [...page.querySelectorAll("[data-section], [data-module~=grid]")].filter((place) => place.checkVisibility());
  if (!places.length) return;
  const here = places.findLastIndex((place) => place.contains(document.activeElement));
  const next = places[(here + step + places.length) % places.length] ?? places[0];
  enter(next);
}

/** Put the focus into a grid, where its next entry is typed. Says whether it went there. */
export function enterGrid(grid) {
  grid.dispatchEvent(new CustomEvent("grid:enter", { bubbles: true }));
  if (!grid.contains(document.activeElement)) {
    const editor = grid.querySelector(".grid__editor");
    editor?.focus();
    editor?.select();
  }
  return grid.contains(document.activeElement);
}

function enter(place) {
  if (place.matches("[data-module~=grid]") && enterGrid(place)) return;
  const first = [...place.querySelectorAll("[data-field]:not([data-locked]), summary, a[href], input, button")]
    .filter((each) => each.checkVisibility());
  const field = first.find((each) => each.matches("[data-field]")) ?? first[0] ?? place;
  field.focus();
  field.select?.();
}
