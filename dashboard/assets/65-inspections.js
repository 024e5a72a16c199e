/* Boxes whose inspection is overdue: a layer over the devices, a mark a box, a number a group. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const COLOUR = { dark: "#b79cff", light: "#6a3fc4" };
  let shown = false;
  let drawn = [];

  /* Since when a box's inspection is overdue, in seconds of the epoch; null while it is not. */
  gisops.overdueFrom = (n) => {
    const from = gisops.city.boxes.overdue_from[n];
    return from !== null && from <= gisops.now() ? from : null;
  };
  gisops.overdueBoxes = () => {
    const { boxes, sites } = gisops.city;
    return boxes.id.map((_, n) => n).filter((n) => gisops.overdueFrom(n) !== null &&
      (gisops.district < 0 || (boxes.site[n] !== null && sites.district[boxes.site[n]] === gisops.district)));
  };

  function mark(context, x, y, text) {
    context.font = `700 10px ${gisops.font}`;
    const width = Math.max(15, context.measureText(text).width + 8);
    context.beginPath();
    context.roundRect(x - width / 2, y - 7.5, width, 15, 7.5);
    context.fillStyle = COLOUR[gisops.theme];
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = gisops.colour("cut");
    context.stroke();
    context.fillStyle = gisops.colour("cut");
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(text, x, y + 0.5);
  }

  /* Stands at the lower left, where neither the worst state nor the count of lost cameras is. */
  function paint(context) {
    drawn = [];
    if (!shown || !gisops.city) return;
    for (const spot of gisops.deviceSpots()) {
      const boxes = spot.kind === "boxes" ? [spot.n] : spot.kind === "group" ? spot.sites.flatMap((s) => gisops.devicesOfSite[s].boxes) : [];
      const late = boxes.filter((n) => gisops.overdueFrom(n) !== null).length;
      if (!late) continue;
      mark(context, spot.x - spot.r * 0.75, spot.y + spot.r * 0.75, spot.kind === "group" ? String(late) : "!");
      drawn.push({ kind: spot.kind, n: spot.n, late });
    }
  }

  const layer = new gisops.CanvasLayer(paint, { pane: "gisops-inspections", zIndex: 455 });
  gisops.showInspections = (names) => {
    shown = names.includes("inspections");
    if (gisops.map && layer._map) layer.repaint();
  };
  gisops.inspectionsDrawn = () => drawn;

  window.addEventListener("gisops:painted", () => {
    if (!gisops.map) return;
    if (layer._map) layer.repaint();
    else gisops.map.addLayer(layer);
  });
  gisops.subscribe((change) => {
    if (gisops.city && change.kind !== "freshness") gisops.put("layer-count-inspections", { children: String(gisops.overdueBoxes().length) });
  });
})();
