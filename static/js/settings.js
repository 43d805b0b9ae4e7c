// My settings: each choice is saved when it is made; colours change at once.
import { note, saving } from "./announce.js";
import { send } from "./net.js";

/** Save every choice of the form as it is made. */
export function start(form) {
  form.addEventListener("change", async ({ target }) => {
    if (target.name === "theme") showTheme(target.value);
    saving("saving");
    try {
      const answer = await send(form.dataset.save, { [target.name]: target.value });
      saving("saved");
      if (answer.reload) location.reload();
    } catch (error) {
      saving("failed");
      note(error.message, "error");
    }
  });
}

function showTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}
