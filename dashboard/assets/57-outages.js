/* An outage is one shape around its members, with its cause; and the switch that leaves only problems on the map. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const ROOM = 26; // pixels around the outermost member
  let drawn = [];

  gisops.problemsOnly = false;
  gisops.onlyProblems = (on) => {
    gisops.problemsOnly = on;
    const button = document.getElementById("only-problems");
    if (button) button.setAttribute("aria-pressed", String(on));
    gisops.note("only", on ? "problems" : null);
    if (gisops.map) gisops.devices.repaint();
  };

  /* The outline of discs around the corners of a convex ring: arcs, and the straight lines between them. */
  function outline(context, spots) {
    context.beginPath();
    const turned = spots.length > 2 && area(spots) < 0 ? [...spots].reverse() : spots;
    turned.forEach((spot, n) => {
      const before = turned[(n + turned.length - 1) % turned.length];
      const after = turned[(n + 1) % turned.length];
      if (turned.length === 1) return context.arc(spot.x, spot.y, ROOM, 0, 2 * Math.PI);
      const from = Math.atan2(spot.y - before.y, spot.x - before.x) - Math.PI / 2;
      const to = Math.atan2(after.y - spot.y, after.x - spot.x) - Math.PI / 2;
      return context.arc(spot.x, spot.y, ROOM, from, to);
    });
    context.closePath();
  }
  const area = (spots) => spots.reduce((sum, a, n) => { const b = spots[(n + 1) % spots.length]; return sum + a.x * b.y - b.x * a.y; }, 0);

  function paint(context, view) {
    drawn = [];
    if (!gisops.city || gisops.live.seq < 0) return;
    const taken = [];
    for (const row of gisops.live.rows.values()) {
      if (!row.shape) continue;
      const spots = row.shape.map(([lat, lon]) => gisops.onView(view, gisops.world(lat, lon)));
      if (!spots.some((spot) => gisops.inView(view, spot, 400))) continue;
      const colour = gisops.colour(gisops.STATES[row.state]);
      outline(context, spots);
      context.globalAlpha = 0.1;
      context.fillStyle = colour;
      context.fill();
      context.globalAlpha = 0.75;
      context.lineWidth = 1.5;
      context.setLineDash([6, 4]);
      context.strokeStyle = colour;
      context.stroke();
      context.setLineDash([]);
      context.globalAlpha = 1;
      const label = { x: spots.reduce((sum, s) => sum + s.x, 0) / spots.length, y: Math.max(...spots.map((s) => s.y)) + ROOM + 9, text: `${row.cause} · ${row.lost} lost` };
      drawn.push({ id: row.id, cause: row.cause, corners: spots.length });
      if (taken.some((other) => Math.abs(other.x - label.x) < 110 && Math.abs(other.y - label.y) < 15)) continue;
      taken.push(label);
      context.font = `600 11px ${gisops.font}`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.lineWidth = 3;
      context.strokeStyle = gisops.ink("halo");
      context.strokeText(label.text, label.x, label.y);
      context.fillStyle = colour;
      context.fillText(label.text, label.x, label.y);
    }
  }

  const layer = new gisops.CanvasLayer(paint, { pane: "gisops-outages", zIndex: 442 });
  gisops.outagesDrawn = () => drawn;
  window.addEventListener("gisops:painted", () => {
    if (!gisops.map) return;
    if (layer._map) layer.repaint();
    else gisops.map.addLayer(layer);
  });
})();
