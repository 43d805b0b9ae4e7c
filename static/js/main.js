// Starts what the page asks for: data-module="grid" loads ./grid/grid.js and hands the element to its start().
import "./keys.js";
import "./lookup.js";
import { note } from "./announce.js";
import { text } from "./text.js";

const MODULES = {
  // one line a module, in the order of the alphabet
  document: () => import("./document.js"),
  drafts: () => import("./drafts.js"),
  fields: () => import("./fields.js"),
  grid: () => import("./grid/grid.js"),
  interrupted: () => import("./interrupted.js"),
  journal: () => import("./journal.js"),
  list: () => import("./list.js"),
  loggedin: () => import("./loggedin.js"),
  new: () => import("./new.js"),
  passkey: () => import("./passkey.js"),
  post: () => import("./post.js"),
  presence: () => import("./presence.js"),
  progress: () => import("./progress.js"),
  reference: () => import("./reference.js"),
  registration: () => import("./registration.js"),
  report: () => import("./report.js"),
  sections: () => import("./sections.js"),
  settings: () => import("./settings.js"),
  sheet: () => import("./sheet.js"),
  shell: () => import("./shell.js"),
};

/** Start the modules of an element that was put on the page, or of the whole page. */
async function startModules(root = document) {
  const elements = [...root.querySelectorAll("[data-module]")];
  if (root.dataset?.module) elements.unshift(root);
  await Promise.all(elements.map(async (element) => {
    if (element.dataset.started) return;
    element.dataset.started = "yes";
    const names = element.dataset.module.split(" ");
    const unknown = names.find((name) => !MODULES[name]);
    if (unknown) throw new Error(`no module ${unknown}`);
    for (const module of await Promise.all(names.map((name) => MODULES[name]()))) module.start(element);
  }));
}

window.addEventListener("unhandledrejection", () => note(text("net.failed"), "error"));
document.addEventListener("modules:start", (event) => startModules(event.target));
document.documentElement.dataset.scripts = "on";
startModules().finally(() => { document.documentElement.dataset.ready = "yes"; });
