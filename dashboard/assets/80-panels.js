/* What the panels say: key numbers, legend counts, the list, freshness, search, and the keys. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const { STATES } = gisops;
  const number = new Intl.NumberFormat("en-GB");

  gisops.age = (seconds) => {
    const s = Math.max(0, Math.floor(seconds));
    if (s < 60) return `${s} s`;
    if (s < 3600) return `${Math.floor(s / 60)} min`;
    if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
    return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
  };

  /* How long a box on battery still lasts, from the earliest and the latest moment of its darkness. */
  const least = (seconds) => {
    const m = Math.max(0, Math.floor(seconds / 60));
    return m < 60 ? `${m} min` : `${Math.floor(m / 60)} h ${String(m % 60).padStart(2, "0")}`;
  };
  gisops.darkIn = ([low, high]) => {
    const now = gisops.now();
    if (low === null) return "more than 2 days";
    if (high === null) return `more than ${least(low - now)}`;
    return high <= now ? "any moment" : `${least(low - now)} – ${least(high - now)}`;
  };

  const clocks = new Map();
  function clock(seconds, options) {
    const key = JSON.stringify(options);
    if (!clocks.has(key)) clocks.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: gisops.city.time_zone, ...options }));
    return clocks.get(key).format(new Date(seconds * 1000));
  }
  const TIME = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
  const DAY = { weekday: "short", day: "numeric", month: "short" };
  gisops.localTime = (seconds) => clock(seconds, { ...DAY, ...TIME });
  gisops.utcTime = (seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;

  // ---- key numbers and legend -----------------------------------------------------------

  const sum = (counts) => counts.reduce((a, b) => a + b, 0);
  const kpi = (name, value, note) => {
    gisops.put(`kpi-${name}`, { children: value });
    gisops.put(`kpi-${name}-note`, { children: note });
  };

  function keyNumbers() {
    const { city, live } = gisops;
    const scope = gisops.district + 1;
    const [boxes, cameras, outages, blind] = live.tally[scope];
    const { districts } = city;
    const sites = scope ? districts.sites[scope - 1] : city.sites.id.length;
    const stations = scope ? districts.stations[scope - 1] : city.stations.id.length;
    const seen = cameras[0] + cameras[1];
    const lost = cameras[2] + cameras[3];
    const total = sum(cameras);
    const percent = total ? `${(Math.floor((1000 * seen) / total) / 10).toFixed(1)} %` : "";
    kpi("sites", number.format(sites), `${blind} blind`);
    kpi("boxes", `${number.format(boxes[0] + boxes[1])} / ${number.format(sum(boxes))}`, `${boxes[1]} degraded`);
    kpi("cameras", `${number.format(seen)} / ${number.format(total)}`, percent);
    kpi("lost", number.format(lost), cameras[5] ? `${number.format(cameras[5])} unknown` : "none unknown");
    kpi("outages", number.format(outages), outages ? causes() : "none");
    kpi("stations", number.format(stations), scope ? "in the district" : "on the network");
    kpi("fibre", `${city.fibre_km[scope].toFixed(1)} km`, scope ? "in the district" : "geodesic");
    document.documentElement.dataset.lost = lost ? "yes" : "no";
    STATES.forEach((state, code) => {
      gisops.put(`legend-boxes-${state}`, { children: number.format(boxes[code]) });
      gisops.put(`legend-cameras-${state}`, { children: number.format(cameras[code]) });
    });
  }

  /* The likeliest causes of what is listed, most frequent first: "2 theft, 1 power cut". */
  function causes() {
    const counts = new Map();
    for (const row of listed()) if (row.p !== null) counts.set(row.cause, (counts.get(row.cause) || 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1]).map(([cause, n]) => `${n} ${cause.toLowerCase()}`).join(", ");
  }

  // ---- list -----------------------------------------------------------------------------

  function listed() {
    const name = gisops.district < 0 ? null : gisops.city.districts.name[gisops.district];
    return [...gisops.live.rows.values()]
      .filter((row) => name === null || row.district === name)
      .sort((a, b) => b.lost - a.lost || b.since - a.since);
  }

  function list() {
    const rows = gisops.dress ? gisops.dress(listed()) : listed();
    const lost = rows.reduce((total, row) => total + row.lost, 0);
    gisops.put("offline-grid", { rowData: rows });
    const soon = rows.filter((row) => row.soon).length;
    const gone = rows.length - soon;
    const head = [gone && `${gone} ${gone === 1 ? "cause" : "causes"} · ${lost} cameras lost`, soon && `${soon} soon dark`];
    gisops.put("offline-head", { children: head.filter(Boolean).join(" · ") });
    gisops.listed = rows;
    if (gisops.grouped) gisops.grouped(listed());
  }

  gisops.relist = () => gisops.city && gisops.live.tally && list();

  // ---- freshness ------------------------------------------------------------------------

  const SAYS = {
    connecting: () => "Connecting to the live stream",
    broken: (age) => `Connection lost. What you see is ${age} old; trying to reconnect`,
    trouble: (age) => `The server cannot read the network. What you see is ${age} old`,
    old: (age) => `No poll for ${age}: the collector is silent. States below may no longer be true`,
    unpolled: () => "The network has not been polled yet: nothing is known",
  };

  function freshness() {
    if (!gisops.city) return;
    const { fresh, live } = gisops;
    const beat = live.heartbeat === null ? null : gisops.now() - live.heartbeat;
    const words = fresh === "live" ? "" : SAYS[fresh](beat === null ? "of unknown age" : gisops.age(beat));
    gisops.put("stale-banner", { children: fresh === "connecting" ? "" : words, className: fresh === "live" || fresh === "connecting" ? "banner" : "banner on" });
    gisops.put("live-status", { children: fresh === "live" ? "Live" : fresh === "connecting" ? "Connecting" : "Not live", className: `status status-${fresh}` });
    kpi("poll", beat === null ? "never" : gisops.age(beat), live.heartbeat === null ? "" : clock(live.heartbeat, TIME));
    gisops.put("wall-clock", { children: `${clock(gisops.realNow(), DAY)}  ${clock(gisops.realNow(), TIME)}`, title: gisops.utcTime(gisops.realNow()) });
  }

  // ---- details --------------------------------------------------------------------------

  let ticks = 0;
  let tickedAt = 0;
  function refreshDetails(change) {
    if (!gisops.selected || gisops.selected.kind === "spans" || !(change.changed || change.beat || change.kind === "full")) return;
    const mine = gisops.numberOf.get(gisops.selected.id);
    const touched = (change.changed || []).some(([n]) => n === mine);
    if (!touched && performance.now() - tickedAt < 5000) return;
    tickedAt = performance.now();
    window.dash_clientside.set_props("detail-tick", { data: ++ticks });
  }

  let listTick = 0;
  gisops.subscribe((change) => {
    if (change.kind === "mounted") window.dash_clientside.set_props("theme", {});
    freshness();
    if (!gisops.live.tally || !gisops.city) return;
    if (change.kind !== "tick" && change.kind !== "freshness") { keyNumbers(); list(); refreshDetails(change); }
    if (change.kind === "tick" && ++listTick % 10 === 0) refreshAges();
  });

  function refreshAges() {
    const api = window.dash_ag_grid && document.querySelector("#offline-grid .ag-root") && window.dash_ag_grid.getApi("offline-grid");
    if (api) api.refreshCells({ columns: ["since"], force: true });
  }

  // ---- search ---------------------------------------------------------------------------

  const KINDS = { sites: "Site", stations: "Station", centres: "Centre", places: "Place", boxes: "Box", cameras: "Camera", spans: "Fibre" };
  let index = null;
  let found = [];
  let chosen = -1;

  function buildIndex() {
    const { city } = gisops;
    index = [];
    for (const kind of Object.keys(KINDS)) {
      const table = city[kind];
      table.id.forEach((id, n) => {
        const site = table.site ? city.sites.name[table.site[n]] : "";
        const name = table.name ? table.name[n] : id;
        const aliases = table.aliases ? table.aliases[n].join(" ") : "";
        index.push({ kind, id, name, note: site && site !== name ? site : "", text: `${id} ${name} ${aliases}`.toLowerCase() });
      });
    }
  }

  /* What the palette finds beside the things of the city: what is open now, districts, and commands. */
  const COMMANDS = { problems: "Only problems on the map", wide: "Widen the list of what is offline", theme: "Dark, light or high contrast" };
  function moving() {
    const alerts = [...gisops.live.rows.values()].map((row) => ({ kind: "alerts", id: row.device, name: `${row.cause}: ${row.name}`, note: `${row.lost} lost`, text: `${row.id} ${row.device} ${row.cause} ${row.name}`.toLowerCase(), row }));
    const areas = gisops.city.districts.id.map((id, n) => ({ kind: "districts", id, name: gisops.city.districts.name[n], note: "", text: `${id} ${gisops.city.districts.name[n]}`.toLowerCase() }));
    const deeds = Object.entries(COMMANDS).map(([id, name]) => ({ kind: "commands", id, name, note: "", text: name.toLowerCase() }));
    return [...alerts, ...areas, ...deeds];
  }
  function command(id) {
    if (id === "problems") gisops.onlyProblems(!gisops.problemsOnly);
    else if (id === "wide") gisops.widen(!gisops.worklist.wide);
    else document.getElementById("theme-toggle").click();
  }

  function look(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length || !gisops.city) return [];
    if (!index) buildIndex();
    const score = (entry) => (entry.id.toLowerCase() === text.toLowerCase() ? 0 : entry.name.toLowerCase().startsWith(words[0]) ? 1 : entry.id.toLowerCase().startsWith(words[0]) ? 2 : 3);
    return [...moving(), ...index].filter((entry) => words.every((word) => entry.text.includes(word)))
      .map((entry, n) => [score(entry), n, entry]).sort((a, b) => a[0] - b[0] || a[1] - b[1])
      .slice(0, 9).map((item) => item[2]);
  }

  function showResults() {
    const box = document.getElementById("search-results");
    box.replaceChildren(...found.map((entry, n) => {
      const item = document.createElement("li");
      item.setAttribute("role", "option");
      item.className = n === chosen ? "on" : "";
      item.dataset.id = entry.id;
      const parts = [[KINDS[entry.kind] || { alerts: "Alert", districts: "District", commands: "Do" }[entry.kind], "result-kind"], [entry.name, "result-name"], [entry.note || (entry.name === entry.id ? "" : entry.id), "result-note"]];
      for (const [text, css] of parts) {
        const part = document.createElement("span");
        part.className = css;
        part.textContent = text;
        item.append(part);
      }
      item.addEventListener("mousedown", (event) => { event.preventDefault(); open(entry); });
      return item;
    }));
  }

  function clearSearch() {
    found = [];
    chosen = -1;
    showResults();
  }

  function open(entry) {
    clearSearch();
    const field = document.getElementById("search");
    field.blur();
    if (entry.kind === "commands") command(entry.id);
    else if (entry.kind === "districts") window.dash_clientside.set_props("district", { value: entry.id });
    else gisops.select(entry.kind === "alerts" ? (gisops.city.boxes.id.includes(entry.id) ? "boxes" : "cameras") : entry.kind, entry.id, true);
  }

  document.addEventListener("keydown", (event) => {
    const field = document.getElementById("search");
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key === "/" && !typing) {
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === "Escape") {
      if (found.length) clearSearch();
      else closeDetails();
      if (event.target === field) field.blur();
    } else if (event.target === field && found.length) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        chosen = (chosen + (event.key === "ArrowDown" ? 1 : found.length - 1) + (chosen < 0 && event.key === "ArrowUp" ? 1 : 0)) % found.length;
        showResults();
      } else if (event.key === "Enter") {
        open(found[Math.max(0, chosen)]);
      }
    }
  });
  document.addEventListener("focusout", (event) => { if (event.target.id === "search") clearSearch(); });
  document.addEventListener("click", (event) => {
    const jump = event.target.closest && event.target.closest("[data-jump]");
    if (!jump) return;
    const [kind, ...id] = jump.dataset.jump.split(":");
    gisops.select(kind, id.join(":"), true);
  });

  function closeDetails() {
    if (!gisops.selected) return;
    gisops.selected = null;
    gisops.noteSelected();
    gisops.marks = {};
    gisops.fibreMarks.repaint();
    window.dash_clientside.set_props("selected", { data: null });
    gisops.devices.repaint();
  }

  // ---- called by Dash -------------------------------------------------------------------

  const PANES = ["districts", "roads", "fibre"];
  const skip = () => window.dash_clientside.no_update;

  Object.assign(window.dash_clientside.gisops, {
    drawer(selected) {
      document.documentElement.dataset.drawer = selected ? selected.kind : "";
      return selected ? "panel detail on" : "panel detail";
    },
    marks(asked, placed) {
      gisops.marks = { asked, placed };
      const place = placed && placed.points.find((point) => point.kind === "place");
      if (place && !gisops.map.getBounds().pad(-0.2).contains([place.lat, place.lon])) gisops.fit([[place.lat, place.lon]], 15.5);
      gisops.fibreMarks.repaint();
      return skip();
    },
    close() {
      closeDetails();
      return skip();
    },
    district(id) {
      gisops.wantedDistrict = id || null;
      if (gisops.city) gisops.note("district", id || null);
      if (gisops.city) applyDistrict(true);
      return skip();
    },
    layers(names) {
      const on = names || [];
      gisops.layerNames = gisops.layerNames || [...on];
      if (gisops.noteLayers) gisops.noteLayers(on, gisops.layerNames);
      for (const name of PANES) {
        const pane = document.querySelector(`.leaflet-pane-${name}-pane, .leaflet-pane-${name}, [class*="pane-${name}"]`);
        if (pane) pane.style.display = on.includes(name) ? "" : "none";
      }
      gisops.fibreHidden = !on.includes("fibre");
      gisops.showDevices(on);
      gisops.showLabels(on);
      gisops.showCoverage(on);
      gisops.showInspections(on);
      gisops.showTrails(on);
      return skip();
    },
    search(text) {
      found = document.activeElement && document.activeElement.id === "search" ? look(text || "") : [];
      chosen = found.length ? 0 : -1;
      showResults();
      return skip();
    },
    chooseRow(cell) {
      const row = cell && gisops.live.rows.get(cell.rowId);
      if (!row) return skip();
      const number = gisops.numberOf.get(row.device);
      if (number !== undefined) gisops.select(number < gisops.city.boxes.id.length ? "boxes" : "cameras", row.device, false);
      if (row.box) gisops.fit([[row.box[0], row.box[1]], [row.box[2], row.box[3]]]);
      return skip();
    },
    toggleTheme(clicks, theme) {
      return { dark: "light", light: "contrast" }[theme] || "dark";
    },
    theme(theme) {
      gisops.theme = theme === "light" ? "light" : "dark";
      document.documentElement.dataset.theme = gisops.theme;
      document.documentElement.dataset.contrast = theme === "contrast" ? "more" : "";
      gisops.restyle();
      gisops.labels.repaint();
      gisops.devices.repaint();
      gisops.coverage.repaint();
      gisops.fibreMarks.repaint();
      return gisops.theme;
    },
  });

  function applyDistrict(go) {
    const { districts, sites } = gisops.city;
    gisops.district = gisops.wantedDistrict ? districts.id.indexOf(gisops.wantedDistrict) : -1;
    gisops.restyle();
    gisops.devices.repaint();
    gisops.coverageDistrict();
    if (gisops.live.tally) { keyNumbers(); list(); }
    gisops.put("layer-count-inspections", { children: String(gisops.overdueBoxes().length) });
    if (!go || !gisops.map) return;
    const inside = sites.lat.map((lat, n) => [lat, sites.lon[n]]).filter((_, n) => gisops.district < 0 || sites.district[n] === gisops.district);
    const [s, w, n, e] = gisops.district < 0 ? [] : districts.bounds[gisops.district];
    if (inside.length) gisops.fit(inside);
    else if (gisops.district >= 0) gisops.fit([[s, w], [n, e]]);
  }
  gisops.subscribe((change) => { if (change.kind === "city" && gisops.wantedDistrict) applyDistrict(true); });
})();
