/* Which room one is in: the address says it, and going to another loads nothing anew. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const ROOMS = { "/": "network", "/network": "network", "/command": "command" };
  const TITLES = { network: "Network", command: "Command", case: "Case" };
  const listeners = [];

  gisops.onRoom = (listener) => listeners.push(listener);

  function read() {
    const path = window.location.pathname.replace(/(.)\/+$/, "$1");
    const asked = /^\/case\/(.+)$/.exec(path);
    gisops.caseId = asked ? decodeURIComponent(asked[1]) : null;
    gisops.room = asked ? "case" : ROOMS[path] || "network";
    document.documentElement.dataset.room = gisops.room;
    document.title = `${TITLES[gisops.room]} · gisops`;
    for (const link of document.querySelectorAll("#rooms a")) {
      if (link.classList.contains(`room-to-${gisops.room}`)) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const head = document.querySelector(".brand h1");
    if (head) head.textContent = TITLES[gisops.room];
    listeners.forEach((listener) => listener(gisops.room));
  }

  gisops.go = (path) => {
    if (path !== window.location.pathname + window.location.search) window.history.pushState(null, "", path);
    read();
  };
  /* Put what is shown into the address without a step to go back to. */
  gisops.note = (name, value) => {
    const query = new URLSearchParams(window.location.search);
    if (value === null) query.delete(name);
    else query.set(name, value);
    const text = query.toString();
    window.history.replaceState(null, "", window.location.pathname + (text ? `?${text}` : ""));
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[data-go], #rooms a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    gisops.go(link.getAttribute("href"));
  });
  window.addEventListener("popstate", read);
  gisops.subscribe((change) => { if (change.kind === "mounted") read(); });
  read();
})();
