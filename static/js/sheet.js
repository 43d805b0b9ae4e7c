// A link whose page opens as a dialog over this one: data-module="sheet". Without scripts it is a link like any other.
import { note } from "./announce.js";
import { startModules } from "./modules.js";
import { getHTML } from "./net.js";
import { reasonToWait, settled } from "./pending.js";

/** Open the link's page in a dialog; its form is sent as ever, and Esc or data-close puts it away. */
export function start(link) {
  let opening = false;
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (opening) return;
    opening = true;
    try {
      await settled(); // what was typed a moment ago stands on the paper
      const reason = reasonToWait();
      if (reason) note(reason, "error");
      else open(link, await getHTML(link.href));
    } catch (error) {
      note(error.message, "error");
    } finally {
      opening = false;
    }
  });
}

function open(link, html) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog over-page";
  const title = Object.assign(document.createElement("h2"), { id: "sheet-title", textContent: link.textContent.trim() });
  dialog.setAttribute("aria-labelledby", title.id);
  const content = document.createElement("div");
  content.innerHTML = html;
  dialog.append(title, content);
  dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close]")) return;
    event.preventDefault();
    dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  startModules(content);
}
