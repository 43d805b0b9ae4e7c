// Starting the modules of an element that was put on the page. main.js knows them; it is told, so that no module imports it.

/** Start what an element on the page asks for with data-module, itself included. */
export function startModules(root) {
  root.dispatchEvent(new CustomEvent("modules:start", { bubbles: true }));
}
