// The page of a journal: posting and leaving wait for what is still being saved; entries are applied to the row at hand.
import { note } from "./announce.js";
import { confirm } from "./dialog.js";
import { reasonToWait, settled } from "./pending.js";
import { text } from "./text.js";

/** Start the page. section: the element around the grid. */
export function start(section) {
  guard();
  followRow(section);
}

// Forms with data-settles and links with data-leaves wait until everything typed is saved; data-asks asks first.
function guard() {
  const cleared = new WeakSet();
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-settles]") || cleared.has(form)) return;
    event.preventDefault();
    if (!(await mayGo())) return;
    if (form.dataset.asks && !(await confirm(form.dataset.asks))) return;
    cleared.add(form);
    form.requestSubmit(event.submitter);
  });
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[data-leaves]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (await mayGo()) window.location.assign(link.href);
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
}

async function mayGo() {
  await settled();
  const reason = reasonToWait();
  if (reason) note(reason, "error");
  else if (!navigator.onLine) note(text("net.unreachable"), "error");
  else return true;
  return false;
}

// "Apply entries" is about the row that had the focus last, else about the last one.
function followRow(section) {
  const link = document.getElementById("journal-apply");
  if (!link) return;
  let row = null;
  section.addEventListener("focusin", (event) => {
    row = event.target.closest("tr[data-row]") ?? row;
  });
  link.hidden = false;
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    if (!(await mayGo())) return;
    const all = section.querySelectorAll("tr[data-row]");
    const stored = [row, ...[...all].reverse()].find((each) => each?.isConnected && /^\d+$/.test(each.dataset.row));
    if (stored) window.location.assign(link.dataset.apply.replace("/lines/0/", `/lines/${stored.dataset.row}/`));
    else note(text("journal.no-row"), "warning");
  });
}
