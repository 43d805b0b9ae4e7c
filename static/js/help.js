// All shortcuts of this page in one table a group; "?" opens it, and it can be printed.
import { shortcuts } from "./keys.js";
import { text } from "./text.js";

const FIELDS = [["t", "help.today"], ["w", "help.work-date"], ["0103", "help.short-day"], ["t+5", "help.in-days"],
  ["19+19", "help.sum"], ["20-", "help.minus"]];
const ANYWHERE = [["Esc", "help.esc"], ["Y / N", "help.answer"], ["F5", "help.reload"]];
const TAKEN = [["Ctrl+N", "help.taken-n"], ["Ctrl+T", "help.taken-t"], ["Ctrl+W", "help.taken-w"], ["F11", "help.taken-f11"],
  ["F12", "help.taken-f12"]];
const GENERAL = new Set(["Ctrl+K", "Alt+Q", "?", "F3", "Alt+T"]);

/** Show the shortcuts in a dialog. */
export function showHelp() {
  if (document.querySelector("dialog.shortcuts")) return;
  const dialog = document.createElement("dialog");
  dialog.className = "dialog shortcuts";
  const title = Object.assign(document.createElement("h2"), { id: "shortcuts-title", textContent: text("help.title") });
  dialog.setAttribute("aria-labelledby", title.id);
  const head = Object.assign(document.createElement("div"), { className: "shortcuts__head" });
  head.append(title, buttons(dialog));
  const groups = Object.assign(document.createElement("div"), { className: "shortcuts__groups" });
  groups.append(...tables());
  dialog.append(head, groups);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function buttons(dialog) {
  const row = Object.assign(document.createElement("div"), { className: "actions" });
  const make = (key, run) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: text(key) });
    button.addEventListener("click", run);
    row.append(button);
  };
  make("help.print", () => window.print());
  make("note.close", () => dialog.close());
  return row;
}

function tables() {
  const all = shortcuts().map(({ key, label }) => [key, label]);
  const mine = all.filter(([key]) => !GENERAL.has(key));
  const general = all.filter(([key]) => GENERAL.has(key));
  const words = (pairs) => pairs.map(([key, name]) => [key, text(name)]);
  return [
    table("help.page", mine),
    table("help.anywhere", [...general, ...words(ANYWHERE)]),
    table("help.fields", words(FIELDS)),
    table("help.taken", words(TAKEN)),
  ].filter(Boolean);
}

function table(name, rows) {
  if (!rows.length) return null;
  const result = document.createElement("table");
  result.createCaption().textContent = text(name);
  for (const [key, label] of rows) {
    const row = result.insertRow();
    const cell = Object.assign(document.createElement("th"), { scope: "row", textContent: label });
    row.append(cell);
    row.insertCell().append(...chord(key));
  }
  return result;
}

function chord(key) {
  return key.split(" / ").flatMap((each, place) => [
    ...(place ? [" / "] : []), Object.assign(document.createElement("kbd"), { textContent: each }),
  ]);
}
