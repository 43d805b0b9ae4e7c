// Posting in a dialog: S, I and B post at once, Enter posts what is chosen, and what would be written is shown before.
import { note } from "./announce.js";
import { Unreachable, get, getHTML } from "./net.js";
import { reasonToWait, settled } from "./pending.js";
import { text } from "./text.js";

/** Turn the posting form of a page into a dialog. Without one there is nothing to do. */
export function start(page) {
  const section = page.querySelector("#post-section");
  if (!section) return;
  const form = section.querySelector("form");
  const place = section.querySelector("#post-preview");
  const dialog = Object.assign(document.createElement("dialog"), { className: "dialog dialog--wide" });
  dialog.setAttribute("aria-labelledby", "post");
  dialog.append(section);
  page.append(dialog);
  let asking;
  let waits = false;
  let sent = false;
  let wantsEntries = false;

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-post]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open(link.dataset.post);
  });
  section.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("a[href^='#']")) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=radio], [type=checkbox]), textarea, select");
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    const radio = form.querySelector(`[data-letter="${CSS.escape(event.key.toUpperCase())}"]`);
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    form.requestSubmit(form.querySelector('[name=do][value="post"]'));
  });
  form.addEventListener("change", () => preview());
  form.addEventListener("submit", (event) => {
    if (sent === "go") {
      sent = true;
      return;
    }
    event.preventDefault();
    if (sent || waits) return;
    submit(event.submitter);
  });
  window.addEventListener("pageshow", () => { sent = false; });
  if ("open" in section.dataset) open("post");

  function open(mode) {
    wantsEntries = mode === "preview";
    form.elements.then.value = mode === "send" ? "send" : "";
    if (!dialog.open) dialog.showModal();
    (form.querySelector("[name=what]:checked") ?? form.querySelector('[name=do][value="post"]'))?.focus();
    preview();
  }

  async function preview() {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    place.setAttribute("aria-busy", "true");
    try {
      await settled();
      const wishes = new URLSearchParams({
        fragment: "1",
        what: form.querySelector("[name=what]:checked")?.value ?? "",
        posting_date: form.elements.posting_date.value,
      });
      const html = await getHTML(`${section.dataset.preview}?${wishes}`, { signal });
      place.innerHTML = html;
      if (wantsEntries) place.querySelector("details")?.setAttribute("open", "");
      place.removeAttribute("aria-busy");
    } catch (error) {
      if (error.name === "AbortError") return;
      place.textContent = error.message;
    }
  }

  async function submit(button) {
    waits = true;
    try {
      await settled();
      const reason = reasonToWait();
      if (reason) {
        dialog.close();
        note(reason, "error");
        return;
      }
      if (!navigator.onLine) throw new Unreachable();
      await get(page.dataset.fields);
      sent = "go";
      form.requestSubmit(button);
    } catch (error) {
      note(error instanceof Unreachable ? text("post.offline") : error.message, "error");
    } finally {
      waits = false;
    }
  }
}
