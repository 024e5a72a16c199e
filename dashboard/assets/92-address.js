/* The address holds the view: where the map looks, which layers show, what is selected; and it is read once at the start. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const KINDS = ["boxes", "cameras", "sites", "stations", "centres", "places", "spans"];
  const asked = new URLSearchParams(window.location.search);
  let isRead = false;

  /* Where the address says the map looks: the map opens there, instead of flying from elsewhere. */
  const place = (asked.get("map") || "").split(",").map(Number);
  const isPlace = place.length === 3 && place.every(Number.isFinite) && Math.abs(place[0]) <= 90 && Math.abs(place[1]) <= 180 && place[2] > 0;
  gisops.askedView = isPlace ? { centre: [place[0], place[1]], zoom: Math.min(19, place[2]) } : null;

  const view = () => {
    const { lat, lng } = gisops.map.getCenter();
    return `${lat.toFixed(5)},${lng.toFixed(5)},${gisops.map.getZoom()}`;
  };
  gisops.noteLayers = (names, all) => {
    const off = all.filter((name) => !names.includes(name));
    if (isRead) gisops.note("off", off.length ? off.join(",") : null);
  };
  gisops.noteSelected = () => isRead && gisops.note("see", gisops.selected ? `${gisops.selected.kind}:${gisops.selected.id}` : null);

  function read() {
    if (isRead || !gisops.city || !gisops.map || !gisops.map._loaded || !gisops.layerNames) return;
    isRead = true;
    if (asked.get("off")) {
      const off = asked.get("off").split(",");
      window.dash_clientside.set_props("layers", { value: gisops.layerNames.filter((name) => !off.includes(name)) });
    }
    if (asked.get("district")) window.dash_clientside.set_props("district", { value: asked.get("district") });
    if (asked.get("only") === "problems") gisops.onlyProblems(true);
    const [kind, ...id] = (asked.get("see") || "").split(":");
    if (KINDS.includes(kind) && gisops.city[kind].id.includes(id.join(":"))) gisops.select(kind, id.join(":"), !gisops.askedView);
    gisops.map.on("moveend", () => gisops.note("map", view()));
  }
  gisops.subscribe(() => read());

  // ---- help -----------------------------------------------------------------------------

  const KEYS = [["/ or Ctrl+K", "find a device, place, span, alert or command"], ["Up, Down, Enter", "move in what was found, open it"], ["Arrows, + and −", "move the map, when it has the focus"], ["w", "widen the list"], ["p", "only problems"], ["t", "dark, light, high contrast"], ["Esc", "close what is open"], ["?", "this help"]];
  function help() {
    const box = document.getElementById("help") || document.body.appendChild(gisops.element("dialog", "deed", null, { id: "help", "aria-labelledby": "help-title" }));
    const keys = gisops.element("dl", "help-keys");
    for (const [key, words] of KEYS) keys.append(gisops.element("dt", "", key), gisops.element("dd", "", words));
    const close = gisops.element("button", "tool-button", "Close", { type: "button" });
    close.addEventListener("click", () => box.close());
    box.replaceChildren(gisops.element("h2", "", "Keys", { id: "help-title" }), keys, close);
    if (!box.open) box.showModal();
  }
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if ((event.ctrlKey || event.metaKey) && event.key === "k") {
      event.preventDefault();
      document.getElementById("search").focus();
      return;
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "?") help();
    else if (event.key === "p") gisops.onlyProblems(!gisops.problemsOnly);
    else if (event.key === "w" && gisops.room === "network") gisops.widen(!gisops.worklist.wide);
    else if (event.key === "t") document.getElementById("theme-toggle").click();
  });
})();
