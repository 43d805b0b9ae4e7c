// The reference of the API: what is typed leaves the sets that have it, without asking the server.

/** Wants: a search box, entries with data-words in sections with data-theme-of-sets, and data-none for when none is left. */
export function start(root) {
  const box = root.querySelector("input[type=search]");
  const sections = [...root.querySelectorAll("[data-theme-of-sets]")];
  const none = root.querySelector("[data-none]");
  const narrow = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const section of sections) {
      let some = false;
      for (const entry of section.querySelectorAll("[data-words]")) {
        entry.hidden = !words.every((word) => entry.dataset.words.includes(word));
        if (!entry.hidden) { some = true; left += 1; }
      }
      section.hidden = !some;
    }
    none.hidden = left > 0;
  };
  box.addEventListener("input", narrow);
}
