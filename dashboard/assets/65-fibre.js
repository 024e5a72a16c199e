/* The fibre as something to ask: which span lies under the mouse, and what an answer draws over the map. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const REACH = 7; // pixels beside a line that still count as on it
  const BUCKET = 1 / 256; // of a pixel at zoom 0, for finding segments near the mouse: some 600 m
  let grid = null;
  let spans = [];

  gisops.marks = {};

  const bucket = (value) => Math.floor(value / BUCKET);

  function file(span, k) {
    const [a, b] = [span.world[k], span.world[k + 1]];
    for (let x = bucket(Math.min(a.x, b.x)); x <= bucket(Math.max(a.x, b.x)); x += 1) {
      for (let y = bucket(Math.min(a.y, b.y)); y <= bucket(Math.max(a.y, b.y)); y += 1) {
        const key = `${x}:${y}`;
        if (!grid.has(key)) grid.set(key, []);
        grid.get(key).push([span, k]);
      }
    }
  }

  function load(document) {
    grid = new Map();
    const numbers = new Map(gisops.city.spans.id.map((id, n) => [id, n]));
    spans = document.features.map((feature) => ({
      n: numbers.get(feature.properties.id),
      world: feature.geometry.coordinates.map(([lon, lat]) => gisops.world(lat, lon)),
    })).filter((span) => span.n !== undefined);
    for (const span of spans) for (let k = 0; k + 1 < span.world.length; k += 1) file(span, k);
  }

  /* The span under an event of the map, and the place on it; null where there is none or the layer is off. */
  gisops.spanAt = (event) => {
    if (!grid || gisops.fibreHidden) return null;
    const scale = Math.pow(2, gisops.map.getZoom());
    const here = gisops.world(event.latlng.lat, event.latlng.lng);
    const reach = REACH / scale;
    let best = null;
    for (let x = bucket(here.x - reach); x <= bucket(here.x + reach); x += 1) {
      for (let y = bucket(here.y - reach); y <= bucket(here.y + reach); y += 1) {
        for (const [span, k] of grid.get(`${x}:${y}`) || []) {
          const near = L.LineUtil.closestPointOnSegment(here, span.world[k], span.world[k + 1]);
          const far = here.distanceTo(near);
          if (far <= reach && (!best || far < best.far)) best = { far, near, n: span.n };
        }
      }
    }
    if (!best) return null;
    const place = L.CRS.EPSG3857.pointToLatLng(best.near, 0);
    return { kind: "spans", n: best.n, at: [place.lng, place.lat] };
  };

  // ---- marks ----------------------------------------------------------------------------

  const LINES = {
    pull: { width: 7, colour: ["#f0b429", "#b97800"], alpha: 0.35 },
    bracket: { width: 8, colour: ["#ff5263", "#cf1f37"], alpha: 0.45 },
    trace: { width: 4, colour: ["#8ff0ff", "#00677a"], alpha: 0.95 },
    span: { width: 3.5, colour: ["#ffffff", "#10202f"], alpha: 0.95 },
    interval: { width: 9, colour: ["#ff5263", "#cf1f37"], alpha: 0.9 },
  };
  const POINTS = { cut: "#ff5263", place: "#ff5263", crew: "#57d38c", enclosure: "#f0b429", centre: "#8ff0ff" };

  function paintLine(context, view, line) {
    const style = LINES[line.kind];
    context.beginPath();
    line.points.forEach(([lon, lat], n) => {
      const at = gisops.onView(view, gisops.world(lat, lon));
      if (n) context.lineTo(at.x, at.y);
      else context.moveTo(at.x, at.y);
    });
    context.globalAlpha = style.alpha;
    context.lineWidth = style.width;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = style.colour[gisops.theme === "dark" ? 0 : 1];
    context.stroke();
    context.globalAlpha = 1;
  }

  function paintPoint(context, view, point) {
    const at = gisops.onView(view, gisops.world(point.lat, point.lon));
    if (!gisops.inView(view, at, 60)) return;
    context.beginPath();
    if (point.kind === "cut" || point.kind === "place") {
      for (const sign of [1, -1]) {
        context.moveTo(at.x - 7, at.y - 7 * sign);
        context.lineTo(at.x + 7, at.y + 7 * sign);
      }
      context.lineWidth = 3;
      context.strokeStyle = POINTS[point.kind];
      context.stroke();
    } else {
      context.arc(at.x, at.y, 6, 0, 2 * Math.PI);
      context.fillStyle = POINTS[point.kind];
      context.fill();
      context.lineWidth = 2;
      context.strokeStyle = gisops.ink("halo");
      context.stroke();
    }
    const isBreak = point.kind === "cut" || point.kind === "place";
    if (!isBreak && view.zoom < 15) return;
    context.font = `600 11px ${gisops.font}`;
    context.textAlign = isBreak ? "left" : "right";
    context.textBaseline = "middle";
    context.lineWidth = 3;
    context.strokeStyle = gisops.ink("halo");
    const [x, y] = [at.x + (isBreak ? 12 : -10), at.y + (point.kind === "crew" ? 14 : -14)];
    context.strokeText(point.label, x, y);
    context.fillStyle = gisops.ink("text");
    context.fillText(point.label, x, y);
  }

  function paint(context, view) {
    if (!gisops.city) return;
    for (const marks of [gisops.marks.asked, gisops.marks.placed]) {
      if (!marks) continue;
      for (const line of marks.lines) paintLine(context, view, line);
      // Once a reading is placed the crew goes there, not to where it was clicked.
      const isOld = marks === gisops.marks.asked && gisops.marks.placed && gisops.marks.placed.points.length;
      for (const point of marks.points) if (!isOld || point.kind === "centre") paintPoint(context, view, point);
    }
  }

  gisops.fibreMarks = new gisops.CanvasLayer(paint, { pane: "gisops-fibre-marks", zIndex: 440 });
  gisops.marksDrawn = () => [gisops.marks.asked, gisops.marks.placed].filter(Boolean)
    .flatMap((marks) => [...marks.lines, ...marks.points]).map((mark) => mark.kind);

  document.addEventListener("click", (event) => {
    if (!event.target.closest || !event.target.closest("[data-fit='marks']") || !gisops.marks.asked) return;
    const { lines } = gisops.marks.asked;
    if (lines.length) gisops.fit(lines.flatMap((line) => line.points.map(([lon, lat]) => [lat, lon])));
  });

  gisops.subscribe((change) => {
    if (change.kind !== "city") return;
    fetch("/data/fibre.geojson").then((answer) => answer.json()).then(load)
      .catch((error) => console.error("/data/fibre.geojson: cannot be read: reload the page", error));
  });
})();
