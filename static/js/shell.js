// The frame of every page: its general shortcuts, the side menu that folds, the palette and the help.
import { bind } from "./keys.js";
import { showHelp } from "./help.js";
import { watchNotices } from "./notices.js";
import { openPalette } from "./palette.js";
import { text } from "./text.js";

const A_YEAR = 365 * 24 * 60 * 60;
const SEARCH = "input[data-search], [role=search] input:not([type=hidden]), main input[type=search]";

/** Start what every page of a logged-in user has. */
export function start() {
  const opener = document.getElementById("go-to");
  if (opener) {
    opener.form.addEventListener("submit", (event) => {
      event.preventDefault();
      openPalette();
    });
    bind("Ctrl+K", text("shell.palette"), () => openPalette());
    bind("Alt+Q", text("shell.palette"), () => openPalette());
  }
  bind("?", text("shell.help"), () => showHelp());
  bind("F3", text("shell.search"), focusSearch);
  const settings = document.querySelector("#user-menu a");
  if (settings) bind("Alt+T", text("shell.settings"), () => settings.click());
  document.getElementById("help")?.addEventListener("click", () => showHelp());
  foldSide();
  foldGroups();
  watchNotices();
  document.body.dataset.shell = "on";
}

function focusSearch() {
  const field = [...document.querySelectorAll(SEARCH)].find((candidate) => candidate.checkVisibility());
  if (!field) return false;
  field.focus();
  field.select();
  return true;
}

function foldSide() {
  const button = document.getElementById("fold");
  button?.addEventListener("click", () => {
    const folded = document.getElementById("frame").classList.toggle("frame--wide");
    button.setAttribute("aria-expanded", String(!folded));
    remember("menu", folded ? "folded" : "");
  });
}

function foldGroups() {
  document.querySelectorAll("details[data-group]").forEach((group) => {
    group.addEventListener("toggle", () => {
      const folded = [...document.querySelectorAll("#side details[data-group]:not([open])")];
      if (group.closest("#side")) remember("menu-groups", folded.map((each) => each.dataset.group).join("."));
    });
  });
}

// In a cookie, because the server draws the menu and would otherwise draw it unfolded first.
function remember(name, value) {
  const age = value ? A_YEAR : 0;
  document.cookie = `${name}=${value}; path=/; max-age=${age}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
}
