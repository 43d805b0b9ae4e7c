// A bar for long work: asks how far it is until it is done, then shows the page anew. Leaving the page stops nothing.
import { get } from "./net.js";

const SOON = 700;
const LATER = 5000;

/**
 * element  data-url answers { percent, done, label, words, rate, error }; percent null: nobody knows.
 * What carries data-progress="bar | label | words | rate | error", anywhere on the page, shows it.
 */
export function start(element) {
  let pause = SOON;
  const look = async () => {
    let state;
    try {
      state = await get(element.dataset.url);
    } catch {
      pause = LATER; // the server restarts, the connection is gone: the work goes on, and so do we
      setTimeout(look, pause);
      return;
    }
    show(state);
    if (state.done) { window.location.reload(); return; }
    pause = Math.min(pause * 1.2, LATER);
    setTimeout(look, pause);
  };
  setTimeout(look, pause);
}

function show(state) {
  for (const name of ["label", "words", "rate", "error"]) {
    for (const place of document.querySelectorAll(`[data-progress="${name}"]`)) place.textContent = state[name] ?? "";
  }
  for (const bar of document.querySelectorAll('[data-progress="bar"]')) {
    if (state.percent === null) bar.removeAttribute("value");
    else bar.value = state.percent;
  }
}
