// Shows what needs passkeys where the browser has them, and says in words when one was not taken.
import { note } from "./announce.js";
import { text } from "./text.js";

/** Show the form of a passkey. */
export function start(form) {
  if (window.PublicKeyCredential) form.hidden = false;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const name = event.detail.exception?.name;
  if (name === "InvalidStateError") note(text("passkey.known"), "warning");
  else if (name === "NotAllowedError" || name === "AbortError") note(text("passkey.cancelled"), "info");
  else note(text("passkey.failed"), "error");
});
