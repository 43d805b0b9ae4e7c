// The page of a document: actions wait for what is still being saved, the panel beside it folds, facts come when asked.
import { note } from "./announce.js";
import { confirm } from "./dialog.js";
import { bind } from "./keys.js";
import { getHTML } from "./net.js";
import { reasonToWait, settled } from "./pending.js";
import { remember } from "./sections.js";
import { text } from "./text.js";

const A_MOMENT = 200;

/** Start the page. page: the element around the document and its side panel. */
export function start(page) {
  guard();
  foldSide(page);
  loadLazily(page);
  followLine(page);
  bind("Alt+O", text("document.comment"), () => {
    const field = document.getElementById("comment-text");
    if (!field) return false;
    showSide(page, true);
    field.focus();
    return true;
  });
  const query = new URLSearchParams(window.location.search);
  if (query.has("new")) {
    query.delete("new");
    window.history.replaceState(null, "", `${window.location.pathname}${query.size ? `?${query}` : ""}`);
    document.getElementById("field-external_document_no")?.focus();
  }
}

// Forms with data-settles and links with data-leaves wait until everything typed is saved; data-asks asks first.
function guard() {
  const cleared = new WeakSet();
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-settles], [data-asks]") || cleared.has(form)) return;
    event.preventDefault();
    const { submitter } = event;
    if (form.dataset.asks && !(await confirm(form.dataset.asks))) return;
    if (!(await mayGo())) return;
    cleared.add(form);
    form.requestSubmit(submitter);
  });
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[data-leaves]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey && event.isTrusted && event.detail) return;
    event.preventDefault();
    if (await mayGo()) window.location.assign(link.href);
  });
}

async function mayGo() {
  await settled();
  const reason = reasonToWait();
  if (reason) note(reason, "error");
  else if (!navigator.onLine) note(text("net.unreachable"), "error");
  else return true;
  return false;
}

function foldSide(page) {
  const tell = () => {
    for (const button of document.querySelectorAll("[data-folds-side]")) {
      button.setAttribute("aria-expanded", String(page.dataset.side !== "folded"));
    }
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-folds-side]")) return;
    showSide(page, page.dataset.side === "folded");
    tell();
  });
  document.addEventListener("document:parts", tell);
  tell();
}

function showSide(page, shown) {
  if (shown === (page.dataset.side !== "folded")) return;
  if (shown) delete page.dataset.side;
  else page.dataset.side = "folded";
  remember(page, "side", shown);
}

// A box with data-lazy asks for its content when it is opened, and again when it is opened anew.
function loadLazily(page) {
  const load = async (box) => {
    const body = box.querySelector(".box__body");
    body.setAttribute("aria-busy", "true");
    body.innerHTML = await getHTML(box.dataset.lazy).catch((error) => {
      note(error.message, "error");
      return "";
    });
    body.removeAttribute("aria-busy");
  };
  page.addEventListener("toggle", (event) => {
    if (event.target.matches("details[data-lazy][open]")) load(event.target);
  }, true);
  const reload = () => page.querySelectorAll("details[data-lazy][open]").forEach(load);
  document.addEventListener("document:parts", reload);
  reload();
}

// Whether a line was taken out while the panel was about to ask for it.
function isRemoved(row) {
  const line = document.querySelector(`.grid tr[data-row="${row}"]`);
  return !line || "removed" in line.dataset;
}

function followLine(page) {
  const place = document.getElementById("side-line");
  let timer;
  let asking;
  let shown = "";
  const show = (row) => {
    clearTimeout(timer);
    if (!/^\d+$/.test(row) || row === shown || page.dataset.side === "folded") return;
    timer = setTimeout(async () => {
      if (isRemoved(row)) return;
      asking?.abort();
      asking = new AbortController();
      try {
        place.innerHTML = await getHTML(page.dataset.line.replace("/lines/0/", `/lines/${row}/`), { signal: asking.signal });
        shown = row;
      } catch {
        // The line may be gone, or another one has the focus by now: what was shown stays.
      }
    }, A_MOMENT);
  };
  if (!place) return;
  const follow = (event) => {
    const row = event.target.closest?.("[data-module~=grid] tr[data-row], .grid tr[data-row]");
    if (row) show(row.dataset.row);
  };
  page.addEventListener("focusin", follow);
  page.addEventListener("click", follow);
  document.addEventListener("line:focus", (event) => show(String(event.detail?.row ?? "")));
  document.addEventListener("lines:saved", () => { shown = ""; });
}
