/* The wallboard: full screen, one view after the other, until Esc. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const EVERY_S = 15;
  let timer = null;
  let turn = 0;

  function views() {
    const { lat, lon } = gisops.city.sites;
    const spots = (sites) => sites.map((s) => [lat[s], lon[s]]);
    const worst = [...gisops.live.rows.values()].filter((row) => row.lost && row.box).sort((a, b) => b.lost - a.lost).slice(0, 3);
    return [
      { name: "Whole city", places: spots(lat.map((_, n) => n)) },
      ...gisops.regions().map((region) => ({ name: region.name, places: spots(region.sites) })),
      ...worst.map((row) => ({ name: `${row.cause}: ${row.name}`, places: [[row.box[0], row.box[1]], [row.box[2], row.box[3]]] })),
    ];
  }

  function next() {
    const all = views();
    const view = all[turn % all.length];
    const words = document.querySelector(".wall-view") || document.body.appendChild(gisops.element("div", "wall-view", null, { role: "status" }));
    words.textContent = `${view.name} · ${(turn % all.length) + 1} of ${all.length}`;
    if (view.places.length) gisops.fit(view.places);
    gisops.wallView = view.name;
    turn += 1;
  }

  function begin() {
    document.documentElement.dataset.wall = "on";
    const full = document.documentElement.requestFullscreen;
    if (full) full.call(document.documentElement).catch(() => { /* the browser forbids it: the page alone then */ });
    const asked = Number(new URLSearchParams(window.location.search).get("every"));
    turn = 0;
    next();
    timer = setInterval(next, 1000 * Math.max(1, asked || EVERY_S));
    gisops.map.invalidateSize();
  }

  function end() {
    if (timer === null) return;
    clearInterval(timer);
    timer = null;
    document.documentElement.dataset.wall = "";
    const words = document.querySelector(".wall-view");
    if (words) words.remove();
    if (document.fullscreenElement) document.exitFullscreen().catch(() => { /* it was left already */ });
    const button = document.querySelector('[data-tool="wall"]');
    if (button) button.setAttribute("aria-pressed", "false");
    gisops.map.invalidateSize();
  }

  gisops.tools.wall = (pressed) => (pressed ? begin() : end());
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") end(); });
  document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement && document.hasFocus()) end(); });
  gisops.onRoom((room) => { if (room !== "command") end(); });
  let opened = false;
  gisops.subscribe((change) => {
    if (opened || change.kind !== "full" || !gisops.city || !gisops.map) return;
    opened = true;
    if (gisops.room === "command" && new URLSearchParams(window.location.search).has("wall")) gisops.press("wall", true);
  });
})();
