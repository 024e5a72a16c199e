/* What the mouse does on the map: hover tells, click opens, a group opens up. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const KINDS = { boxes: "Box", cameras: "Camera", sites: "Site", stations: "Police station", centres: "Centre", places: "Place", spans: "Fibre span" };
  const panel = () => { // width that the list takes from the map on its right
    const list = document.querySelector(".offline");
    return list && list.offsetWidth && window.innerWidth > 760 ? list.offsetWidth + 24 : 24;
  };
  let tip = null;

  function hit(event) {
    const { x, y } = event.containerPoint.add(gisops.devices.margin());
    const all = [...gisops.labelSpots(), ...gisops.deviceSpots(), ...gisops.trailSpots()];
    for (let i = all.length - 1; i >= 0; i -= 1) { // what was painted last lies on top
      if ((all[i].x - x) ** 2 + (all[i].y - y) ** 2 <= all[i].r ** 2) return all[i];
    }
    return gisops.spanAt(event);
  }

  function line(parent, text, css) {
    const element = document.createElement("div");
    element.textContent = text;
    if (css) element.className = css;
    parent.append(element);
  }

  function describe(spot) {
    tip.replaceChildren();
    if (spot.kind === "group") {
      line(tip, `${spot.sites.length} sites`, "tip-title");
      line(tip, `${spot.tally.total} cameras, ${spot.tally.lost} lost`);
      line(tip, "Click to open up", "tip-faint");
      return;
    }
    const table = gisops.city[spot.kind];
    line(tip, table.name ? table.name[spot.n] : table.id[spot.n], "tip-title");
    line(tip, `${KINDS[spot.kind]} · ${table.id[spot.n]}`, "tip-faint");
    const number = gisops.numberOf.get(table.id[spot.n]);
    if (spot.kind === "spans") line(tip, "Click: what if it is cut here", "tip-faint");
    if (number === undefined || spot.kind === "sites") return;
    const code = gisops.live.codes[number];
    const since = gisops.live.since[number];
    line(tip, gisops.STATES[code] + (since ? ` for ${gisops.age(gisops.now() - since)}` : ""), `tip-state tip-${gisops.STATES[code]}`);
    if (gisops.live.reasons.get(number)) line(tip, gisops.live.reasons.get(number));
    if (gisops.live.dark.has(number)) line(tip, `Time to dark ${gisops.darkIn(gisops.live.dark.get(number))}`, "tip-dark");
    const late = spot.kind === "boxes" ? gisops.overdueFrom(spot.n) : null;
    if (late !== null) line(tip, `Inspection overdue for ${gisops.age(gisops.now() - late)}`, "tip-late");
  }

  function hover(map, event) {
    const spot = gisops.city ? hit(event) : null;
    map.getContainer().style.cursor = spot ? "pointer" : "";
    tip.hidden = !spot;
    if (!spot) return;
    describe(spot);
    const size = map.getSize();
    const right = event.containerPoint.x > size.x - 260;
    tip.style.transform = `translate(${event.containerPoint.x + (right ? -16 : 16)}px, ${event.containerPoint.y + 14}px)${right ? " translateX(-100%)" : ""}`;
  }

  function click(map, event) {
    const spot = gisops.city ? hit(event) : null;
    if (!spot) return;
    if (spot.kind === "group") {
      const { lat, lon } = gisops.city.sites;
      gisops.fit(spot.sites.map((n) => [lat[n], lon[n]]), map.getZoom() + 1);
    } else {
      gisops.select(spot.kind, gisops.city[spot.kind].id[spot.n], false, spot.at);
    }
  }

  /* Show places in the part of the map that no panel covers. */
  gisops.fit = (places, atLeast) => {
    const map = gisops.map;
    const bounds = L.latLngBounds(places);
    const legend = document.querySelector(".legend[open]");
    const room = gisops.margins() || { left: legend ? legend.offsetWidth + 50 : 40, top: 130, right: panel() + 40, bottom: 50 };
    let zoom = Math.min(17.5, map.getBoundsZoom(bounds, false, L.point(room.left + room.right, room.top + room.bottom)));
    if (atLeast) zoom = Math.min(18, Math.max(zoom, atLeast));
    const shift = L.point((room.right - room.left) / 2, (room.bottom - room.top) / 2);
    const centre = map.unproject(map.project(bounds.getCenter(), zoom).add(shift), zoom);
    map.setView(centre, zoom, { animate: true, duration: 0.35 });
  };

  gisops.select = (kind, id, go, at) => {
    gisops.selected = { kind, id };
    if (gisops.noteSelected) gisops.noteSelected();
    window.dash_clientside.set_props("selected", { data: at ? { kind, id, at } : { kind, id } });
    const table = gisops.city[kind];
    const n = table.id.indexOf(id);
    if (go && n >= 0) gisops.fit([[table.lat[n], table.lon[n]]], Math.max(16.5, gisops.map.getZoom()));
    gisops.devices.repaint();
  };

  function attach() {
    const map = this; // eslint-disable-line no-invalid-this
    gisops.map = map;
    tip = L.DomUtil.create("div", "tip", map.getContainer());
    tip.hidden = true;
    map.whenReady(() => {
      gisops.fibreMarks.addTo(map);
      gisops.devices.addTo(map); // before the names, which keep out of its way
      gisops.labels.addTo(map);
      gisops.restyle();
      start();
    });
    map.on("mousemove", (event) => hover(map, event));
    map.on("mouseout movestart", () => { tip.hidden = true; });
    map.on("click", (event) => click(map, event));
    map.on("zoomend", gisops.restyle);
  }

  let opened = false;
  function start() {
    if (opened || !gisops.map || !gisops.city || !gisops.map._loaded) return;
    opened = true;
    const { lat, lon } = gisops.city.sites;
    if (gisops.askedView) gisops.map.setView(gisops.askedView.centre, gisops.askedView.zoom, { animate: false });
    else if (lat.length) gisops.fit(lat.map((value, n) => [value, lon[n]]));
    gisops.restyle();
  }

  gisops.margins = () => null; // of the room one is in, where it has its own

  gisops.subscribe((change) => {
    if (change.kind === "city" || change.kind === "mounted") { start(); gisops.labels.repaint(); gisops.restyle(); }
    if (change.kind === "full" || change.changed) gisops.devices.repaint();
  });

  L.Map.addInitHook(attach);
})();
