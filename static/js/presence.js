// Who else has this document open, and a word when somebody else changed it.
import { send } from "./net.js";
import { busy, changes, reasonToWait } from "./pending.js";
import { text } from "./text.js";

const EVERY = 20_000;

/** Tell the server that somebody is here, and the reader who else is. page: data-presence, data-version. */
export function start(page) {
  let seen = changes();

  const beat = async ({ leaving = false } = {}) => {
    if (document.hidden && !leaving) return;
    const here = document.activeElement;
    const editing = Boolean(here?.matches("input:not([readonly]), textarea, select")) && page.contains(here);
    const answer = await send(page.dataset.presence, { editing, leaving }, { patient: false }).catch(() => null);
    if (answer && !leaving) tell(answer);
  };

  function tell({ others, version, changed_by: by }) {
    const badge = document.getElementById("presence");
    if (badge) {
      const words = others.map(({ name, editing }) => text(editing ? "presence.editing" : "presence.viewing", { name }));
      const sentence = words.join(" · ");
      if (badge.textContent !== sentence) badge.textContent = sentence;
    }
    if (!version || version === page.dataset.version) return;
    if (busy() || changes() !== seen) {
      seen = changes();
      page.dataset.version = version;
      return;
    }
    const who = by || (others.length === 1 ? others[0].name : "");
    const bar = document.getElementById("document-changed");
    const refresh = Object.assign(document.createElement("button"), {
      type: "button", className: "button", textContent: text("presence.refresh"),
    });
    refresh.addEventListener("click", () => {
      page.dataset.version = version;
      bar.hidden = true;
      if (reasonToWait() || busy()) document.dispatchEvent(new CustomEvent("document:refresh"));
      else window.location.reload();
    });
    const sentence = who ? text("presence.changed-by", { name: who }) : text("presence.changed");
    bar.replaceChildren(sentence, " ", refresh);
    bar.hidden = false;
  }

  setTimeout(beat, 1000);
  setInterval(beat, EVERY);
  document.addEventListener("visibilitychange", () => beat());
  window.addEventListener("pagehide", () => beat({ leaving: true }));
}
