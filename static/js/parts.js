// Parts of a page that follow from a change: the server renders them, the page swaps them in by the ids of their elements.
import { savingAgain } from "./announce.js";
import { startModules } from "./modules.js";

/** Put fragments of HTML in their places: { "totals": "<dl>…" }. What somebody types in just now is left alone. */
export function swap(parts = {}) {
  for (const [id, html] of Object.entries(parts)) {
    const place = document.getElementById(id);
    if (!place || place.contains(document.activeElement)) continue;
    const template = document.createElement("template");
    template.innerHTML = html;
    const only = template.content.children.length === 1 ? template.content.firstElementChild : null;
    if (only?.id === id) {
      place.replaceWith(only);
      startModules(only);
    } else {
      place.replaceChildren(template.content);
      startModules(place);
    }
  }
  savingAgain();
}
