// Questions in a <dialog>: opened, answered with the keyboard, gone.
import { text } from "./text.js";

/**
 * Ask; resolves to the value of the chosen answer, or null when the question was closed.
 *
 * answers  [{ value, label, key, primary, danger }]; `key` is a letter that answers at once. Enter takes the primary.
 * body     an element to show under the question
 */
export function ask(question, answers, { body } = {}) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const title = Object.assign(document.createElement("h2"), { textContent: question, id: "dialog-title" });
  dialog.setAttribute("aria-labelledby", title.id);
  const row = Object.assign(document.createElement("div"), { className: "actions" });
  const done = new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "" ? null : answers[Number(dialog.returnValue)].value);
      dialog.remove();
    });
  });
  answers.forEach((answer, place) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: answer.label });
    button.className = `button${answer.primary ? " button--primary" : ""}${answer.danger ? " button--danger" : ""}`;
    if (answer.primary) button.autofocus = true;
    button.addEventListener("click", () => dialog.close(String(place)));
    row.append(button);
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, textarea, select")) return;
    const place = answers.findIndex((answer) => answer.key?.toLowerCase() === event.key.toLowerCase());
    if (place < 0) return;
    event.preventDefault();
    dialog.close(String(place));
  });
  dialog.append(title, ...(body ? [body] : []), row);
  document.body.append(dialog);
  dialog.showModal();
  return done;
}

/** Yes or no, by Y and N, Enter for yes. */
export async function confirm(question, { danger = false } = {}) {
  const answer = await ask(question, [
    { value: true, label: text("yes"), key: text("yes.key"), primary: true, danger },
    { value: false, label: text("no"), key: text("no.key") },
  ]);
  return answer === true;
}
