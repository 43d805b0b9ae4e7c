// What the page says without being asked: to the eye in a corner, to a screen reader through a live region.
import { text } from "./text.js";

const QUIET_AFTER = 6000;

/** Read a sentence out, politely; nothing is shown. */
export function say(sentence) {
  const region = document.getElementById("live");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = sentence; });
}

let last;

/** Say it again in a badge that has been put on the page anew. */
export function savingAgain() {
  const badge = document.getElementById("saving");
  if (!badge || !last || badge.dataset.state === last) return;
  badge.dataset.state = last;
  badge.textContent = text(`saving.${last}`);
}

/** How saving goes: "saving", "saved", "unsaved" (it will be tried again) or "failed". */
export function saving(state) {
  last = state;
  const badge = document.getElementById("saving");
  if (!badge) return;
  const words = text(`saving.${state}`);
  badge.dataset.state = state;
  if (badge.textContent === words) return;
  badge.textContent = words;
  if (state !== "saving") say(words);
}

/** A note that goes by itself unless it says that something failed. level: info, success, warning, error */
export function note(sentence, level = "info") {
  const place = document.getElementById("notes");
  if (!place) return;
  const box = document.createElement("div");
  box.className = `note note--${level}`;
  box.append(Object.assign(document.createElement("p"), { textContent: sentence }));
  const close = Object.assign(document.createElement("button"), { type: "button", className: "note__close" });
  close.append("×");
  close.setAttribute("aria-label", text("note.close"));
  close.addEventListener("click", () => box.remove());
  box.append(close);
  place.append(box);
  say(sentence);
  if (level !== "error") setTimeout(() => box.remove(), QUIET_AFTER);
}
