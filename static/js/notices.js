// The count under the bell, asked for once a minute while the page is looked at.
import { say } from "./announce.js";
import { get, Unreachable } from "./net.js";
import { reached } from "./reach.js";
import { text } from "./text.js";

const EVERY = 60 * 1000;

/** Keep the bell's count up to date until the session ends. */
export function watchNotices() {
  const bell = document.getElementById("bell");
  if (!bell) return;
  const timer = setInterval(async () => {
    if (document.hidden) return;
    try {
      show(bell, (await get(bell.dataset.count)).unread);
      reached(true);
    } catch (error) {
      if (error instanceof Unreachable) reached(false);
      else clearInterval(timer);
    }
  }, EVERY);
}

function show(bell, unread) {
  const before = Number(bell.dataset.unread);
  if (unread === before) return;
  bell.dataset.unread = String(unread);
  const count = bell.querySelector(".top__count");
  count.textContent = unread > 99 ? "99+" : String(unread);
  count.hidden = unread === 0;
  if (unread > before) say(text("notices.new"));
}
