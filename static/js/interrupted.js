// The log-in page, or the page that says that a form was too old: what was typed before is put back afterwards.
import { interrupt } from "./drafts.js";

/** Remember that the way was interrupted, and lead back to the page that was being worked on. */
export function start(element) {
  const page = interrupt();
  const back = element.querySelector("[data-back]");
  if (page && back) back.href = page;
}
