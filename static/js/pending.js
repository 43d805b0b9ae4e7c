// What has been typed on this page and not been taken by the server yet. Posting and releasing wait for it.
const queues = new Set();
const reasons = new Set();
let count = 0;

/** Register a Queue of net.js; actions of the page wait until it is idle. Returns the queue. */
export function register(queue) {
  const put = queue.put?.bind(queue);
  if (put) {
    queue.put = (work) => {
      count += 1;
      return put(work);
    };
  }
  queues.add(queue);
  return queue;
}

/**
 * Register something that may hold actions back, as a field with a value that was refused.
 *
 * reason  () => a sentence that says what is to be put right first, or "" while there is nothing
 */
export function holdBack(reason) {
  reasons.add(reason);
}

/** How many changes this page has sent, or is about to. */
export const changes = () => count;

/** Whether anything is still on its way. */
export const busy = () => [...queues].some((queue) => queue.busy);

/** The sentence of the first thing that is wrong on the page, or "". */
export function reasonToWait() {
  for (const reason of reasons) {
    const sentence = reason();
    if (sentence) return sentence;
  }
  return "";
}

/** Resolves when everything typed is through, the value that still has the focus as well ("pending:commit" asks for it). */
export async function settled() {
  const here = document.activeElement;
  if (here?.matches("input, select, textarea")) here.dispatchEvent(new CustomEvent("pending:commit", { bubbles: true }));
  await new Promise((resolve) => { setTimeout(resolve); }); // a form cannot be sent again while its "submit" is being told
  while (busy()) await Promise.all([...queues].map((queue) => queue.idle()));
}

window.addEventListener("beforeunload", (event) => {
  if (busy()) event.preventDefault();
});
