/* The wall: services by district, district colours, and what each regional centre looks at. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const STEPS = [0, 0.02, 0.05, 0.1, 0.25]; // share of cameras lost from which a colour holds
  const HEAT = {
    dark: ["#13302c", "#4a3a1c", "#70431f", "#8b2f2f", "#b3122f", "#2a3242"],
    light: ["#d3ebe0", "#fbe8bd", "#f8cf9f", "#f2a196", "#e0566a", "#d7dce3"],
  };
  const NAMES = ["Camera network", "E-challan", "Public safety"];
  const SIGNS = { active: "well", automated: "well", steady: "well", interrupted: "ill", manual: "ill", "security lapse": "ill", unknown: "blank", none: "none" };
  const on = { heat: true, blind: true, coverage: false };

  gisops.element = (name, css, text, attributes) => {
    const made = document.createElement(name);
    if (css) made.className = css;
    if (text !== undefined && text !== null) made.textContent = text;
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    return made;
  };
  const make = gisops.element;
  const sum = (counts) => counts.reduce((a, b) => a + b, 0);

  // ---- district colours -----------------------------------------------------------------

  function shade(cameras) {
    const total = sum(cameras);
    if (!total || cameras[5] + cameras[4] === total) return 5; // nothing there, or nothing known
    const share = (cameras[2] + cameras[3]) / total;
    if (!share) return 0;
    return STEPS.reduce((found, least, step) => (share >= least ? step : found), 1) || 1;
  }
  gisops.heat = () => {
    if (gisops.room !== "command" || !on.heat || !gisops.live.tally) return null;
    const { id } = gisops.city.districts;
    return Object.fromEntries(id.map((key, n) => [key, HEAT[gisops.theme][shade(gisops.live.tally[n + 1][1])]]));
  };

  // ---- services -------------------------------------------------------------------------

  let drawn = "";
  function services() {
    const table = document.getElementById("services");
    const { city, live } = gisops;
    if (!table || !live.tally || !live.services) return;
    const key = JSON.stringify([live.tally, live.services, gisops.theme, gisops.district]);
    if (key === drawn && table.childElementCount) return;
    drawn = key;
    const names = ["Whole city", ...city.districts.name];
    table.replaceChildren(...names.map((name, n) => row(name, n, live.tally[n], live.services[n])).filter(Boolean));
  }

  function row(name, scope, tally, judged) {
    const cameras = tally[1];
    const total = sum(cameras);
    if (!total && scope) return null;
    const seen = cameras[0] + cameras[1];
    const line = make("div", `service-row${scope && gisops.district + 1 === scope ? " on" : ""}`, null, { role: "row", "data-scope": String(scope), tabindex: "0" });
    const head = make("div", "service-head", null, { role: "rowheader" });
    const swatch = make("i", "swatch");
    swatch.style.background = HEAT[gisops.theme][shade(cameras)];
    head.append(swatch, make("span", "service-name", name), make("span", "service-share num", total ? `${(Math.floor((1000 * seen) / total) / 10).toFixed(1)} %` : "–"));
    const cells = make("div", "service-cells");
    judged.forEach(([word, reason], k) => {
      const cell = make("div", `service service-${SIGNS[word]}`, null, { role: "cell", title: `${NAMES[k]}: ${word}${reason ? `: ${reason}` : ""}` });
      cell.append(make("span", "service-label", NAMES[k]), make("span", "service-word", word === "none" ? "no cameras" : word));
      cells.append(cell);
    });
    line.append(head, cells);
    const why = judged.filter(([word]) => SIGNS[word] === "ill").map(([, reason]) => reason);
    if (why.length) line.append(make("div", "service-why", [...new Set(why)].join("; ")));
    return line;
  }

  function choose(line) {
    const scope = Number(line.dataset.scope);
    const id = scope ? gisops.city.districts.id[scope - 1] : null;
    window.dash_clientside.set_props("district", { value: id === (gisops.district < 0 ? null : gisops.city.districts.id[gisops.district]) ? null : id });
  }
  document.addEventListener("click", (event) => {
    const line = event.target.closest && event.target.closest(".service-row");
    if (line) choose(line);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.classList && event.target.classList.contains("service-row")) choose(event.target);
  });

  // ---- centres' own views ---------------------------------------------------------------

  let views = null;
  let lines = null;
  let insetDue = null;

  /* Every site belongs to the nearest regional centre. */
  function regions() {
    const { centres, sites } = gisops.city;
    const regional = centres.id.map((_, n) => n).filter((n) => centres.kind[n] === "regional");
    const found = regional.map((n) => ({ centre: n, sites: [] }));
    sites.id.forEach((_, s) => {
      let best = null;
      let least = Infinity;
      for (const region of found) {
        const far = L.latLng(sites.lat[s], sites.lon[s]).distanceTo([centres.lat[region.centre], centres.lon[region.centre]]);
        if (far < least) { least = far; best = region; }
      }
      if (best) best.sites.push(s);
    });
    return found.filter((region) => region.sites.length);
  }
  gisops.regions = () => (views || []).map(({ centre, sites }) => ({ name: gisops.city.centres.name[centre], sites }));

  async function build() {
    const holder = document.getElementById("insets");
    if (!holder || views || !gisops.city) return;
    views = regions();
    holder.replaceChildren(...views.map((region) => {
      const box = make("button", "panel inset", null, { type: "button", title: "Show this on the map", "data-centre": gisops.city.centres.id[region.centre] });
      region.canvas = make("canvas");
      region.words = make("span", "inset-words");
      const head = make("span", "inset-head");
      head.append(make("span", "inset-name", gisops.city.centres.name[region.centre]), region.words);
      box.append(region.canvas, head);
      box.addEventListener("click", () => gisops.fit(region.sites.map((s) => [gisops.city.sites.lat[s], gisops.city.sites.lon[s]])));
      return box;
    }));
    try {
      const answer = await fetch("/data/roads.geojson");
      lines = (await answer.json()).features.flatMap(({ geometry }) => (geometry.type === "LineString" ? [geometry.coordinates] : geometry.coordinates))
        .map((line) => line.map(([lon, lat]) => gisops.world(lat, lon)));
    } catch (error) {
      lines = []; // the dots alone still tell
    }
    insets();
  }

  function frame(region, width, height) {
    const spots = region.sites.map((s) => gisops.world(gisops.city.sites.lat[s], gisops.city.sites.lon[s]));
    const xs = spots.map((p) => p.x);
    const ys = spots.map((p) => p.y);
    const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const scale = Math.min((width - 24) / (x1 - x0 || 1e-6), (height - 50) / (y1 - y0 || 1e-6));
    const at = (p) => [width / 2 + (p.x - (x0 + x1) / 2) * scale, height / 2 + 10 + (p.y - (y0 + y1) / 2) * scale];
    return { spots, at };
  }

  function inset(region) {
    const { canvas } = region;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (!width) return;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    Object.assign(canvas, { width: width * ratio, height: height * ratio });
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    const { spots, at } = frame(region, width, height);
    context.strokeStyle = gisops.ink("arterial");
    context.lineWidth = 1;
    context.beginPath();
    for (const line of lines || []) line.forEach((p, n) => { const [x, y] = at(p); if (n) context.lineTo(x, y); else context.moveTo(x, y); });
    context.stroke();
    const first = gisops.city.boxes.id.length;
    let lost = 0;
    let total = 0;
    const worst = region.sites.map((s) => {
      const { boxes, cameras } = gisops.devicesOfSite[s];
      const codes = [...boxes.map((n) => gisops.live.codes[n]), ...cameras.map((n) => gisops.live.codes[first + n])];
      for (const n of cameras) { total += 1; if (gisops.isLost(gisops.live.codes[first + n])) lost += 1; }
      return codes.reduce((w, code) => (gisops.SEVERITY[code] > gisops.SEVERITY[w] ? code : w), 0);
    });
    [...worst.keys()].sort((a, b) => gisops.SEVERITY[worst[a]] - gisops.SEVERITY[worst[b]]).forEach((n) => {
      const [x, y] = at(spots[n]);
      if (worst[n]) gisops.drawSymbol(context, gisops.STATES[worst[n]], x, y, gisops.isLost(worst[n]) ? 11 : 8);
      else { context.fillStyle = gisops.colour("up"); context.beginPath(); context.arc(x, y, 1.8, 0, 7); context.fill(); }
    });
    region.words.textContent = lost ? `${lost} of ${total} lost` : `${total} cameras, none lost`;
    region.words.className = lost ? "inset-words some" : "inset-words";
  }
  function insets() {
    insetDue = null;
    if (gisops.room === "command" && views && gisops.live.seq >= 0) views.forEach(inset);
  }
  const insetsSoon = () => { insetDue = insetDue || setTimeout(insets, 400); };

  // ---- tools ----------------------------------------------------------------------------

  gisops.tools = {
    heat(pressed) { on.heat = pressed; gisops.restyle(); },
    blind(pressed) { on.blind = pressed; gisops.showBlind(pressed); },
    coverage(pressed) {
      on.coverage = pressed;
      gisops.showCoverage(pressed ? ["coverage"] : []);
    },
  };
  gisops.press = (name, pressed) => {
    const button = document.querySelector(`[data-tool="${name}"]`);
    if (!button) return;
    button.setAttribute("aria-pressed", String(pressed));
    gisops.tools[name](pressed);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-tool]");
    if (button) gisops.press(button.dataset.tool, button.getAttribute("aria-pressed") !== "true");
  });

  // ---- the room -------------------------------------------------------------------------

  const BLANK = { left: 0, right: 0, top: 130, bottom: 0 };
  gisops.margins = () => {
    if (document.documentElement.dataset.wall === "on") return { left: 40, right: 40, top: 60, bottom: 60 };
    if (gisops.room !== "command") return null;
    const width = (css) => { const found = document.querySelector(css); return found ? found.offsetWidth + 36 : 40; };
    return { ...BLANK, left: width(".services"), right: width(".feed"), bottom: 180 };
  };

  function redraw() {
    if (!gisops.city) return;
    if (gisops.heat()) gisops.restyle();
    if (gisops.room !== "command") return;
    services();
    insetsSoon();
  }
  gisops.onRoom(() => {
    if (!gisops.map || !gisops.city) return;
    gisops.restyle();
    build();
    redraw();
  });
  gisops.subscribe((change) => {
    if (change.kind === "city" || change.kind === "mounted") build();
    if (change.kind === "full" || change.changed || change.kind === "mounted") redraw();
  });
  window.addEventListener("resize", insetsSoon);
  new MutationObserver(() => { drawn = ""; redraw(); }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
})();
