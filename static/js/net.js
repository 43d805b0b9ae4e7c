// Speaking to the server so that nothing typed is lost: requests wait out a lost connection and an ended session.
import { note, saving } from "./announce.js";
import { ask } from "./dialog.js";
import { text } from "./text.js";

const PATIENCE = 5 * 60 * 1000; // how long a change is kept trying while the server cannot be reached
const PAUSES = [500, 1000, 2000, 4000];

export class Refused extends Error {
  /** The server's no. status: 409, 422 …; answer: its JSON: { problems: [{ code, message, field, line_no, setup }] } */
  constructor(status, answer) {
    super(answer.problems?.[0]?.message ?? text("net.failed"));
    Object.assign(this, { status, answer, problems: answer.problems ?? [] });
  }
}

export class Unreachable extends Error {}

/** A key that makes a request safe to send twice. */
export const newKey = () => crypto.randomUUID().replaceAll("-", "");

/** Ask for JSON. Throws Refused, or Unreachable when there is no connection. */
export async function get(url, { signal } = {}) {
  return read(await attempt(url, { signal }));
}

/** Ask for a fragment of HTML. */
export async function getHTML(url, { signal } = {}) {
  const response = await attempt(url, { signal }, "text/html");
  if (!response.ok) throw new Refused(response.status, {});
  return response.text();
}

/**
 * Send a change as JSON and return the answer's JSON. While the server cannot be reached the change waits, and the
 * page shows "not saved yet"; after five minutes Unreachable is thrown. An ended session asks for a log-in, then goes on.
 */
export async function send(url, body, { patient = true } = {}) {
  const begun = Date.now();
  for (let tries = 0; ; tries += 1) {
    try {
      return await read(await attempt(url, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
      }));
    } catch (error) {
      if (error instanceof Refused && error.status === 401) {
        await logInAgain();
        continue;
      }
      if (!(error instanceof Unreachable) || !patient || Date.now() - begun > PATIENCE) throw error;
      saving("unsaved");
      await pause(PAUSES[Math.min(tries, PAUSES.length - 1)]);
    }
  }
}

/** Changes in the order in which they were made, one request after the other. `busy` while one is on its way. */
export class Queue {
  #last = Promise.resolve();
  waiting = 0;

  /** Run work after all that was put before; its failure does not stop what follows. */
  put(work) {
    this.waiting += 1;
    const mine = this.#last.then(work).finally(() => { this.waiting -= 1; });
    this.#last = mine.catch(() => {});
    return mine;
  }

  get busy() { return this.waiting > 0; }

  /** Resolves when everything that was put so far is through. */
  idle() { return this.#last; }
}

async function attempt(url, options, accept = "application/json") {
  try {
    return await fetch(url, {
      ...options,
      credentials: "same-origin",
      headers: { Accept: accept, "X-Requested-With": "handel", ...options.headers },
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable(text("net.unreachable"));
  }
}

async function read(response) {
  if ([502, 503, 504].includes(response.status)) throw new Unreachable(text("net.unreachable"));
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

export const csrf = () => document.querySelector("meta[name=csrf-token]")?.content ?? "";

let asking;

/** One question for all requests that wait: log in in another tab, then go on here with what was typed. */
function logInAgain() {
  asking ??= (async () => {
    saving("unsaved");
    const link = document.createElement("a");
    Object.assign(link, { href: document.body.dataset.login, target: "handel-login", rel: "opener", className: "button" });
    link.textContent = text("session.log-in");
    const channel = new BroadcastChannel("handel-session");
    channel.addEventListener("message", () => link.closest("dialog")?.close("0"));
    await ask(text("session.ended"), [{ value: true, label: text("session.go-on"), primary: true }], { body: link });
    channel.close();
    const page = await (await fetch(window.location.href, { credentials: "same-origin" })).text();
    const answer = new DOMParser().parseFromString(page, "text/html");
    const token = answer.querySelector("meta[name=csrf-token]");
    if (token) document.querySelector("meta[name=csrf-token]").content = token.content;
    const user = answer.body.dataset.user;
    if (user && user !== document.body.dataset.user) {
      note(text("session.other-user"), "error");
      throw new Refused(403, { problems: [{ code: "E-SESSION", message: text("session.other-user") }] });
    }
  })().finally(() => { asking = undefined; });
  return asking;
}

const pause = (milliseconds) => new Promise((resolve) => {
  const timer = setTimeout(resolve, milliseconds);
  window.addEventListener("online", () => { clearTimeout(timer); resolve(); }, { once: true });
});
