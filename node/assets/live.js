// Countersign: renews the part of a page that says how things are now. The node says when (server-sent events); where it can not
// be heard, the page asks from time to time, and without this script its reader does, by a link.
(() => {
  const part = () => document.querySelector("[data-changes]");
  if (!part()) return;
  const POLL_MS = 20000;
  let missed = false;
  const renew = () => {
    missed = document.hidden;
    if (!missed) part()?.dispatchEvent(new CustomEvent("renew", { bubbles: true }));
  };
  const stream = "EventSource" in window ? new EventSource(part().dataset.changes) : null;
  stream?.addEventListener("changed", renew);
  setInterval(() => { if (stream?.readyState !== 1) renew(); }, POLL_MS);
  document.addEventListener("visibilitychange", () => { if (missed) renew(); });
})();
