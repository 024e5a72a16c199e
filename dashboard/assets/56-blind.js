/* Where nobody sees because of losses: ground that only lost cameras looked at, and sites that lost every camera. */
(function () {
  "use strict";

  const gisops = window.gisops;
  let wanted = true;
  let counted = 0;
  const sheet = document.createElement("canvas");

  /* Sites that have cameras and lost all of them: [{site, lost}], most cameras first. */
  gisops.blindSites = () => {
    const { city, live } = gisops;
    if (!city || live.seq < 0) return [];
    const first = city.boxes.id.length;
    const found = [];
    gisops.devicesOfSite.forEach(({ cameras }, site) => {
      if (gisops.district >= 0 && city.sites.district[site] !== gisops.district) return;
      if (cameras.length && cameras.every((n) => gisops.isLost(live.codes[first + n]))) found.push({ site, lost: cameras.length });
    });
    return found.sort((a, b) => b.lost - a.lost || a.site - b.site);
  };

  function ground(context, view) {
    const seen = gisops.coverageBands();
    if (!seen) return;
    const { codes } = gisops.live;
    const first = gisops.city.boxes.id.length;
    if (sheet.width !== context.canvas.width || sheet.height !== context.canvas.height) Object.assign(sheet, { width: context.canvas.width, height: context.canvas.height });
    const on = sheet.getContext("2d");
    on.setTransform(1, 0, 0, 1, 0, 0);
    on.clearRect(0, 0, sheet.width, sheet.height);
    const scale = Math.pow(2, view.zoom);
    const fill = (lost) => {
      for (let n = 0; n < seen.worlds.length; n += 1) {
        const code = codes[first + n];
        if (lost ? !gisops.isLost(code) : code > 1) continue;
        const spot = gisops.onView(view, seen.worlds[n]);
        if (!gisops.inView(view, spot, 0.0135 * (256 / 360) * scale)) continue;
        const { sx, sy } = seen.worlds[n];
        on.setTransform(view.ratio * sx * scale, 0, 0, view.ratio * sy * scale, view.ratio * spot.x, view.ratio * spot.y);
        for (const level of seen.bands) for (const band of level[n] || []) on.fill(band, "evenodd");
      }
    };
    on.globalCompositeOperation = "source-over";
    on.fillStyle = gisops.colour("down");
    fill(true);
    on.globalCompositeOperation = "destination-out"; // what another camera still sees is not blind
    fill(false);
    on.globalCompositeOperation = "source-over";
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 0.55;
    context.drawImage(sheet, 0, 0);
    context.restore();
  }

  function paint(context, view) {
    counted = 0;
    if (!wanted || gisops.room !== "command" || !gisops.city || gisops.live.seq < 0) return;
    ground(context, view);
    for (const { site, lost } of gisops.blindSites()) {
      const { lat, lon } = gisops.city.sites;
      const spot = gisops.onView(view, gisops.world(lat[site], lon[site]));
      counted += 1;
      const radius = 26 + 6 * Math.min(6, lost);
      if (!gisops.inView(view, spot, radius)) continue;
      const light = context.createRadialGradient(spot.x, spot.y, 3, spot.x, spot.y, radius);
      light.addColorStop(0, gisops.colour("down"));
      light.addColorStop(1, "rgba(0,0,0,0)");
      context.globalAlpha = 0.42;
      context.fillStyle = light;
      context.beginPath();
      context.arc(spot.x, spot.y, radius, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
  }

  gisops.blind = new gisops.CanvasLayer(paint, { pane: "gisops-blind", zIndex: 435 });
  gisops.blindDrawn = () => counted;
  gisops.showBlind = (on) => { wanted = on; gisops.blind.repaint(); };
  gisops.onRoom(() => gisops.blind.repaint());
  gisops.subscribe((change) => { if (change.kind === "full" || change.changed) gisops.blind.repaint(); });
  L.Map.addInitHook(function () { this.whenReady(() => gisops.blind.addTo(this)); });
})();
