/* The feed of alerts with cause and evidence, what to do about the one that is chosen, and a tone for those who ask. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const make = gisops.element;
  const NEW_S = 90;
  const KEPT = 20; // of what has ended while the page was open
  const ended = [];
  let known = null;
  let tones = 0;
  let audio = null;
  let chosen = null;

  // ---- the feed -------------------------------------------------------------------------

  function where(row) {
    const number = gisops.numberOf.get(row.device);
    const { boxes, cameras, sites, stations } = gisops.city;
    if (number === undefined) return { station: "", lat: null };
    const table = number < boxes.id.length ? boxes : cameras;
    const n = number < boxes.id.length ? number : number - boxes.id.length;
    const site = table.site[n];
    const station = site === null ? null : sites.station[site];
    return { lat: table.lat[n], lon: table.lon[n], site, station: station === null ? "" : stations.name[station], kind: table === boxes ? "boxes" : "cameras" };
  }

  function alert(row, end) {
    const item = make("li", `alert${end ? " ended" : ""}${row.id === chosen ? " on" : ""}`, null, { "data-alert": row.id, tabindex: "0" });
    const head = make("div", "alert-head");
    head.append(make("span", `sym sym-${end ? "up" : gisops.STATES[row.state]}`), make("span", "alert-cause", end ? "Restored" : row.cause));
    if (row.p !== null && !end) head.append(make("span", "cell-p", `${Math.round(100 * row.p)} %`));
    const age = make("time", "alert-age", null, { title: `${gisops.localTime(end || row.since)} (${gisops.utcTime(end || row.since)})`, "data-since": String(end || row.since) });
    head.append(age);
    const place = [row.name, row.district, where(row).station && `station ${where(row).station}`].filter(Boolean).join(" · ");
    const lost = row.lost ? `${row.lost} ${row.lost === 1 ? "camera" : "cameras"} lost` : row.soon ? "nothing lost yet" : "no camera lost";
    item.append(head, make("div", "alert-place", place), make("div", row.lost && !end ? "alert-lost some" : "alert-lost", end ? `${row.cause}, lasted ${gisops.age(end - row.since)}` : lost));
    if (row.evidence && !end) item.append(make("div", "alert-evidence", row.evidence));
    if (!end && gisops.now() - row.since < NEW_S) item.classList.add("new");
    return item;
  }

  let drawn = "";
  function feed() {
    const list = document.getElementById("feed");
    if (!list || gisops.room !== "command" || !gisops.live.tally) return;
    const rows = gisops.listed || [];
    const open = [...rows].sort((a, b) => b.since - a.since);
    const gone = gisops.pastAt === null ? ended : [];
    const key = JSON.stringify([open, gone, chosen, gisops.pastAt === null]);
    if (key !== drawn) {
      drawn = key;
      const nothing = make("li", "nothing", "Nothing is lost");
      list.replaceChildren(...(open.length || gone.length ? [...open.map((row) => alert(row)), ...gone.map(({ row, at }) => alert(row, at))] : [nothing]));
      const lost = open.reduce((total, row) => total + row.lost, 0);
      document.getElementById("feed-head").textContent = open.length ? `${open.length} open · ${lost} cameras lost` : "";
      if (chosen) respond();
    }
    ages();
  }
  function ages() {
    for (const age of document.querySelectorAll("#feed [data-since]")) age.textContent = `${gisops.age(gisops.now() - Number(age.dataset.since))} ago`;
  }

  // ---- new and ended, in the present only -----------------------------------------------

  function tone() {
    tones += 1;
    if (!audio) return;
    for (const [wait, pitch] of [[0, 880], [0.18, 660]]) {
      const source = audio.createOscillator();
      const volume = audio.createGain();
      source.frequency.value = pitch;
      volume.gain.setValueAtTime(0.12, audio.currentTime + wait);
      volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + wait + 0.16);
      source.connect(volume).connect(audio.destination);
      source.start(audio.currentTime + wait);
      source.stop(audio.currentTime + wait + 0.17);
    }
  }
  gisops.tones = () => tones;
  let sound = false;
  gisops.tools.sound = (pressed) => {
    sound = pressed;
    if (pressed && !audio && window.AudioContext) audio = new AudioContext(); // a click has just allowed it
  };

  window.addEventListener("gisops:present", ({ detail }) => {
    const judged = new Map([...detail.rows].filter(([, row]) => row.p !== null));
    if (known) {
      for (const [id, row] of known) if (!judged.has(id) && detail.kind === "delta") ended.unshift({ row, at: gisops.realNow() });
      ended.splice(KEPT);
      if (sound && [...judged.keys()].some((id) => !known.has(id))) tone();
    }
    known = judged;
  });

  // ---- what to do -----------------------------------------------------------------------

  const metres = (m) => (m < 950 ? `${Math.round(m / 10) * 10} m` : `${(m / 1000).toFixed(1)} km`);
  const bearing = (from, to) => (Math.atan2((to.lng - from.lng) * Math.cos((from.lat * Math.PI) / 180), to.lat - from.lat) * 180 / Math.PI + 360) % 360;

  function nearest(table, at, count, keep) {
    const found = [];
    table.id.forEach((_, n) => {
      if (keep && !keep(n)) return;
      const there = L.latLng(table.lat[n], table.lon[n]);
      found.push({ n, far: at.distanceTo(there), there });
    });
    return found.sort((a, b) => a.far - b.far).slice(0, count);
  }

  function entry(kind, id, name, note, css) {
    const item = make("li", css || "");
    item.append(make("button", "chip", name, { "data-jump": `${kind}:${id}` }), make("span", "muted", note));
    return item;
  }
  function block(title, items, empty) {
    const part = make("section", "detail-section");
    part.append(make("h3", null, title));
    const list = make("ul", "response-list");
    list.append(...(items.length ? items : [make("li", "nothing", empty)]));
    part.append(list);
    return part;
  }

  function respond() {
    const panel = document.getElementById("response");
    const row = gisops.live.rows.get(chosen);
    document.documentElement.dataset.response = row ? "on" : "";
    if (!row) { panel.replaceChildren(); return; }
    const { cameras, boxes, stations, places, sites, centres } = gisops.city;
    const spot = where(row);
    const at = spot.lat === null ? null : L.latLng(spot.lat, spot.lon);
    const first = boxes.id.length;
    const head = make("div", "detail-head");
    head.append(make("h2", null, row.name), make("div", "sub", [row.cause + (row.p === null ? "" : ` ${Math.round(100 * row.p)} %`), row.district, `since ${gisops.localTime(row.since)}`].filter(Boolean).join(" · ")));
    const close = make("button", "ghost response-close", null, { "aria-label": "Close", title: "Close (Esc)" });
    close.append(make("span", "icon icon-close"));
    const parts = [close, head];
    if (row.evidence) parts.push(make("p", "alert-evidence", row.evidence));
    const links = make("div", "chips");
    if (row.p !== null) links.append(make("a", "chip", "Open the case", { href: `/case/${encodeURIComponent(row.id)}`, "data-go": "" }));
    if (spot.kind) links.append(make("button", "chip", "Device", { "data-jump": `${spot.kind}:${row.device}` }));
    links.append(make("button", "chip", "Copy hand-over", { "data-handover": "" }));
    parts.push(links);
    if (at) {
      const works = nearest(cameras, at, 6, (n) => gisops.live.codes[first + n] <= 1);
      const facing = (n, there) => Math.abs(((bearing(there, at) - cameras.azimuth[n] + 540) % 360) - 180) <= cameras.hfov[n] / 2;
      const lost = cameras.id.map((_, n) => n).filter((n) => gisops.isLost(gisops.live.codes[first + n]) && (row.box ? L.latLngBounds([[row.box[0], row.box[1]], [row.box[2], row.box[3]]]).pad(0.001).contains([cameras.lat[n], cameras.lon[n]]) : false));
      const by = nearest(stations, at, 3);
      const centre = nearest(centres, at, 1, (n) => centres.kind[n] === "regional");
      parts.push(
        block("Cameras that work nearby", works.map(({ n, far, there }) => entry("cameras", cameras.id[n], cameras.id[n], `${metres(far)}, ${cameras.role[n]}${facing(n, there) ? ", looks this way" : ""}`, facing(n, there) ? "facing" : "")), "none works"),
        block("Who is nearest", [...by.map(({ n, far }) => entry("stations", stations.id[n], stations.name[n], metres(far))), ...centre.map(({ n, far }) => entry("centres", centres.id[n], centres.name[n], metres(far)))], "no station"),
        block("What is left unwatched", nearest(places, at, 4, (n) => places.critical[n]).filter(({ far }) => far < 600).map(({ n, far }) => entry("places", places.id[n], places.name[n], metres(far))), "no critical place within 600 m"),
        block(`Hand over: ${row.lost} ${row.lost === 1 ? "camera" : "cameras"}`, lost.slice(0, 30).map((n) => entry("cameras", cameras.id[n], cameras.id[n], `${sites.name[cameras.site[n]] || ""}, ${cameras.role[n]}`)), "no camera is lost"),
      );
      gisops.handover = [`${row.cause}: ${row.name}, ${row.district}, since ${gisops.localTime(row.since)} (${gisops.utcTime(row.since)})`, row.evidence,
        `Lost: ${lost.map((n) => cameras.id[n]).join(", ") || "no camera"}`, `Use instead: ${works.slice(0, 4).map(({ n, far }) => `${cameras.id[n]} (${metres(far)})`).join(", ") || "none"}`,
        `Nearest station: ${by.map(({ n, far }) => `${stations.name[n]} (${metres(far)})`)[0] || "none"}`].filter(Boolean).join("\n");
    }
    panel.replaceChildren(...parts);
  }

  gisops.respond = (id) => {
    chosen = id;
    drawn = "";
    const row = id && gisops.live.rows.get(id);
    if (row && row.box) gisops.fit([[row.box[0], row.box[1]], [row.box[2], row.box[3]]]);
    respond();
    feed();
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest) return;
    const item = event.target.closest("[data-alert]");
    if (item && !item.classList.contains("ended")) gisops.respond(item.dataset.alert);
    if (event.target.closest(".response-close")) gisops.respond(null);
    const copy = event.target.closest("[data-handover]");
    if (copy) {
      copy.textContent = "Copied";
      if (navigator.clipboard) navigator.clipboard.writeText(gisops.handover).catch(() => { copy.textContent = "Not allowed to copy"; });
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen && !gisops.selected) gisops.respond(null);
    if (event.key === "Enter" && event.target.dataset && event.target.dataset.alert) gisops.respond(event.target.dataset.alert);
  });

  gisops.onRoom(() => { drawn = ""; feed(); });
  gisops.subscribe((change) => {
    if (change.kind === "tick") { if (gisops.room === "command" && gisops.live.tally) ages(); } else feed();
  });
})();
