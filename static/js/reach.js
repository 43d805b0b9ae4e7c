// Whether the server could be reached when it was last asked.
let last = true;

/** Note how the latest request went. */
export function reached(answer) {
  last = answer;
}

/** False when the connection is known to be lost; a doubt is settled by asking. */
export async function canReach() {
  if (!navigator.onLine) return false;
  if (last) return true;
  try {
    await fetch("/favicon.ico", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(3000) });
    last = true;
  } catch {
    last = false;
  }
  return last;
}

/** Whether there is any doubt: without one, nothing needs to wait for an answer. */
export const isDoubtful = () => !last || !navigator.onLine;

window.addEventListener("offline", () => reached(false));
