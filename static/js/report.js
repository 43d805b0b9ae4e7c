// A report answers as soon as a parameter changes; the address follows, so that it can be sent on or reloaded.
import { say } from "./announce.js";
import { startModules } from "./modules.js";

const PAUSE = 250;

/** element: holds #report-form and #report-result. */
export function start(element) {
  const form = element.querySelector("#report-form");
  let timer, under;
  const ask = () => { clearTimeout(timer); timer = setTimeout(show, PAUSE); };
  form.addEventListener("change", ask);
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); show(); });

  async function show() {
    under?.abort();
    const mine = new AbortController();
    under = mine;
    const url = `${window.location.pathname}?${new URLSearchParams(new FormData(form))}`;
    const before = element.querySelector("#report-result");
    before.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, {
        signal: mine.signal, credentials: "same-origin", headers: { "X-Requested-With": "handel", Accept: "text/html" },
      });
      if (answer.status === 401) { window.location.assign(url); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const result = page.getElementById("report-result");
      if (!result) { window.location.assign(url); return; }
      before.replaceWith(document.adoptNode(result));
      const spans = page.querySelector(".report__spans");
      if (spans) form.querySelector(".report__spans")?.replaceWith(document.adoptNode(spans));
      window.history.replaceState(null, "", url);
      await startModules(result);
      say(page.querySelector("h1")?.textContent.trim() ?? "");
    } catch (error) {
      if (error.name !== "AbortError") { before.removeAttribute("aria-busy"); throw error; }
    }
  }
}
