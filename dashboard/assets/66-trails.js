/* Boxes that were taken away: where each went, how fast, and the police station nearest to it now. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const COLOUR = { dark: "#ffd23f", light: "#b3261e" };
  const LEAST_MS = 800; // between two questions for the trails
  const AGE_MS = 15000; // a tracker that falls silent is called so without any news
  let shown = true;
  let trails = [];
  let drawn = [];
  let asking = false;
  let again = false;
  let askedAt = 0;

  const km = (metres) => (metres < 950 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(1)} km`);

  /* What stands beside a box: what it does, how far it went, who is nearest. */
  function words(trail) {
    const n = gisops.city.boxes.id.indexOf(trail.box);
    const name = n < 0 ? trail.box : gisops.city.boxes.name[n];
    const ago = gisops.age(Math.max(0, gisops.now() - trail.fixes[trail.fixes.length - 1][2]));
    const doing = {
      moving: trail.speed_kmh === null ? "moving" : `${Math.round(trail.speed_kmh)} km/h`,
      standing: "stands still",
      lost: `no fix for ${ago}`,
      recovered: "recovered",
    }[trail.state];
    const first = `${trail.box} taken from ${name}${gisops.city.demo ? " (demo)" : ""}`;
    const second = `${doing} · ${km(trail.distance_m)} so far`;
    return trail.station ? [first, second, `${trail.station.name} ${km(trail.station.distance_m)}`] : [first, second];
  }

  function paintLine(context, points, trail) {
    context.lineCap = context.lineJoin = "round";
    for (const [width, colour] of [[7, gisops.ink("halo")], [3.5, COLOUR[gisops.theme]]]) {
      context.beginPath();
      points.forEach((point, n) => (n ? context.lineTo(point.x, point.y) : context.moveTo(point.x, point.y)));
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.globalAlpha = trail.state === "recovered" ? 0.45 : 0.95;
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  function paintHead(context, view, trail, at) {
    const radius = trail.fixes[trail.fixes.length - 1][3];
    const metres = gisops.metresPerPixel(view.zoom, trail.fixes[trail.fixes.length - 1][1]);
    if (radius && radius / metres > 9) { // how well the place is known
      context.beginPath();
      context.arc(at.x, at.y, radius / metres, 0, 2 * Math.PI);
      context.globalAlpha = 0.18;
      context.fillStyle = COLOUR[gisops.theme];
      context.fill();
      context.globalAlpha = 1;
    }
    context.save();
    context.translate(at.x, at.y);
    context.beginPath();
    if (trail.state === "moving" && trail.bearing_deg !== null) {
      context.rotate((trail.bearing_deg * Math.PI) / 180);
      context.moveTo(0, -12);
      context.lineTo(8, 9);
      context.lineTo(0, 4.5);
      context.lineTo(-8, 9);
      context.closePath();
    } else {
      context.arc(0, 0, 8, 0, 2 * Math.PI);
    }
    context.fillStyle = trail.state === "lost" ? gisops.ink("halo") : COLOUR[gisops.theme];
    context.fill();
    context.lineWidth = 2.5;
    context.strokeStyle = trail.state === "lost" ? COLOUR[gisops.theme] : gisops.ink("halo");
    context.stroke();
    context.restore();
  }

  function paintWords(context, trail, at) {
    const lines = words(trail);
    context.font = `600 12px ${gisops.font}`;
    const width = Math.max(...lines.map((text) => context.measureText(text).width)) + 18;
    const height = 16 * lines.length + 10;
    const [x, y] = [at.x + 18, at.y - height - 8];
    context.beginPath();
    context.roundRect(x, y, width, height, 6);
    context.globalAlpha = 0.9;
    context.fillStyle = gisops.ink("halo");
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 1.5;
    context.strokeStyle = COLOUR[gisops.theme];
    context.stroke();
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillStyle = gisops.ink("text");
    lines.forEach((text, n) => context.fillText(text, x + 9, y + 13 + 16 * n));
    return lines;
  }

  function paint(context, view) {
    drawn = [];
    if (!shown || !gisops.city) return;
    for (const trail of [...trails].reverse()) {
      const n = gisops.city.boxes.id.indexOf(trail.box);
      const home = n < 0 ? [] : [gisops.world(gisops.city.boxes.lat[n], gisops.city.boxes.lon[n])];
      const world = [...home, ...trail.fixes.map(([lon, lat]) => gisops.world(lat, lon))];
      const points = world.map((point) => gisops.onView(view, point));
      const at = points[points.length - 1];
      paintLine(context, points, trail);
      paintHead(context, view, trail, at);
      drawn.push({ x: at.x, y: at.y, r: 14, kind: "boxes", n, box: trail.box, state: trail.state, fixes: trail.fixes.length, words: paintWords(context, trail, at) });
    }
  }

  const layer = new gisops.CanvasLayer(paint, { pane: "gisops-trails", zIndex: 460 });

  function show() {
    const away = trails.filter((trail) => trail.state !== "recovered").length;
    gisops.put("layer-count-trails", { children: String(away) });
    if (!gisops.map || !gisops.map._loaded) return;
    if (layer._map) layer.repaint();
    else gisops.map.addLayer(layer);
  }

  /* One question at a time; what happens meanwhile is asked for once it is answered. */
  async function ask() {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    await new Promise((done) => { setTimeout(done, Math.max(0, askedAt + LEAST_MS - performance.now())); });
    askedAt = performance.now();
    try {
      const answer = await fetch("/data/trails.json", { cache: "no-store" });
      if (answer.ok) trails = (await answer.json()).trails;
    } catch (error) {
      // The server is away: the banner says so, and the next full state asks again.
    }
    asking = false;
    show();
    if (again) {
      again = false;
      ask();
    }
  }

  gisops.metresPerPixel = (zoom, lat) => (40075016.686 * Math.cos((lat * Math.PI) / 180)) / (256 * Math.pow(2, zoom));
  gisops.showTrails = (names) => {
    shown = names.includes("trails");
    if (layer._map) layer.repaint();
  };
  gisops.trailsDrawn = () => drawn;
  /* Where the mouse meets a box on the move: it is that box, wherever it is. */
  gisops.trailSpots = () => drawn.filter((spot) => spot.n >= 0);

  /* The number beside the layer's name shows all of them; the name itself switches the layer. */
  document.addEventListener("click", (event) => {
    if (event.target.id !== "layer-count-trails" || !trails.length) return;
    event.preventDefault();
    event.stopPropagation();
    const away = trails.filter((trail) => trail.state !== "recovered");
    gisops.fit((away.length ? away : trails).flatMap((trail) => trail.fixes.map(([lon, lat]) => [lat, lon])));
  }, true);

  window.addEventListener("gisops:painted", () => { if (gisops.map && !layer._map) show(); });
  gisops.subscribe((change) => {
    if (change.kind === "full" || change.moved) ask();
    else if (change.kind === "tick" && trails.length && performance.now() - askedAt > AGE_MS) ask();
  });
})();
