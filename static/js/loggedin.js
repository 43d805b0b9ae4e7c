// The tab that was opened for a log-in: it tells the page that waits, and closes where the browser lets it.
export function start() {
  new BroadcastChannel("handel-session").postMessage("logged-in");
  if (window.name === "handel-login") window.close();
}
