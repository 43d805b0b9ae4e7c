// What is typed into plain forms is kept in this tab until it has arrived: an ended session, a page that was too old or
// a lost connection does not lose it. Passwords, files and hidden fields are never kept.
import { note } from "./announce.js";
import { canReach, isDoubtful } from "./reach.js";
import { text } from "./text.js";

const PREFIX = "draft:";
const KEPT = "input:not([type=hidden], [type=password], [type=file], [type=submit], [type=button]), select, textarea";
const PAUSE = 250;

/** Every draft of this tab: [[key, draft]]. */
export function drafts() {
  return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX)).flatMap((key) => {
    try {
      return [[key, JSON.parse(sessionStorage.getItem(key))]];
    } catch {
      sessionStorage.removeItem(key);
      return [];
    }
  });
}

/** Mark what did not arrive, so that it is put back when its page is shown again; returns the page of the latest. */
export function interrupt() {
  const open = drafts().sort(([, one], [, other]) => one.at - other.at);
  open.forEach(([key, draft]) => store(key, { ...draft, interrupted: true }));
  return open.at(-1)?.[1].page;
}

/** Put back what was interrupted, forget what arrived, keep what is typed from now on. */
export function start() {
  const user = document.body.dataset.user;
  drafts().forEach(([key, draft]) => {
    if (draft.user !== user) sessionStorage.removeItem(key);
  });
  const forms = [...document.querySelectorAll("form")].filter(isKept);
  const keys = new Set();
  let restored = 0;
  forms.forEach((form) => {
    const key = keyOf(form);
    keys.add(key);
    const draft = drafts().find(([name]) => name === key)?.[1];
    if (draft?.interrupted) restored += restore(form, draft.values);
    sessionStorage.removeItem(key);
    keep(form, key, user);
    if (draft?.interrupted) store(key, draftOf(form, user));
  });
  // The rest was sent and has arrived, or was left on purpose.
  drafts().forEach(([key, draft]) => { if (!draft.interrupted && !keys.has(key)) sessionStorage.removeItem(key); });
  if (restored) note(text("drafts.restored"), "info");
}

function isKept(form) {
  return form.method === "post" && !form.hasAttribute("data-no-draft") && !form.closest("[data-module~=grid]")
    && form.querySelector(KEPT) !== null;
}

// The same form of the same page: its address, where it sends to, and its place among those that send there.
function keyOf(form) {
  const action = new URL(form.getAttribute("action") || location.href, location.href).pathname;
  const same = [...document.querySelectorAll("form")].filter((other) => other.getAttribute("action") === form.getAttribute("action"));
  return `${PREFIX}${location.pathname}${location.search} ${action} ${same.indexOf(form)}`;
}

function keep(form, key, user) {
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => store(key, draftOf(form, user)), PAUSE);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (event.defaultPrevented) return;
    store(key, draftOf(form, user));
    if (isDoubtful()) sendIfReached(form, event);
  });
}

// With the connection in doubt the form waits here instead of ending on the browser's error page.
async function sendIfReached(form, event) {
  event.preventDefault();
  if (await canReach()) form.requestSubmit(event.submitter);
  else note(text("drafts.unreachable"), "error");
}

function draftOf(form, user) {
  const values = fieldsOf(form).map((field) => [field.name, valueOf(field)]);
  return { user, values, page: location.pathname + location.search, at: Date.now() };
}

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && field.matches(KEPT) && !field.readOnly);
}

function valueOf(field) {
  if (field.type === "checkbox" || field.type === "radio") return [field.value, field.checked];
  if (field.multiple) return [...field.selectedOptions].map((option) => option.value);
  return field.value;
}

function restore(form, values) {
  let changed = 0;
  const fields = fieldsOf(form);
  values.forEach(([name, value], place) => {
    const field = fields[place]?.name === name ? fields[place] : fields.find((candidate) => candidate.name === name);
    if (!field || JSON.stringify(valueOf(field)) === JSON.stringify(value)) return;
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.value !== value[0]) return;
      field.checked = value[1];
    } else if (field.multiple) {
      [...field.options].forEach((option) => { option.selected = value.includes(option.value); });
    } else {
      field.value = value;
    }
    changed += 1;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  return changed;
}

function store(key, draft) {
  try {
    sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // The storage is full: the form works as ever, only without a net under it.
  }
}
