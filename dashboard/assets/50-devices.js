/* Boxes and cameras on the map. Far out, sites stand in groups that tell how many cameras are lost of how many,
   and the worst state inside; close up, every box and camera has its own symbol and its direction of view. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const { SEVERITY, STATES, isLost } = gisops;
  const CAMERAS_FROM = 15.5; // zoom at which cameras are drawn one by one
  const shown = { boxes: true, cameras: true };
  let groups = { zoom: null, district: null, list: [] };
  let spots = []; // what was painted and can be hit: {x, y, r, ...}
  let worlds = null;

  const reach = (zoom) => (zoom < 11 ? 46 : zoom < 13 ? 42 : zoom < 14.5 ? 32 : zoom < CAMERAS_FROM ? 22 : 0);
  const boxNumber = (n) => n;
  const cameraNumber = (n) => gisops.city.boxes.id.length + n;

  function points() {
    const { sites, cameras } = gisops.city;
    const at = (table) => table.lat.map((lat, n) => gisops.world(lat, table.lon[n]));
    return { sites: at(sites), cameras: at(cameras) };
  }

  /* Put sites that would overlap at this zoom into one group: first come, nearest centre, by a grid of cells. */
  function group(zoom) {
    const { sites } = gisops.city;
    const scale = Math.pow(2, zoom);
    const radius = reach(zoom);
    const cells = new Map();
    const list = [];
    for (let n = 0; n < sites.id.length; n += 1) {
      if (gisops.district >= 0 && sites.district[n] !== gisops.district) continue;
      const x = worlds.sites[n].x * scale;
      const y = worlds.sites[n].y * scale;
      const home = radius ? nearest(cells, x, y, radius) : null;
      if (home) {
        home.sites.push(n);
      } else {
        const fresh = { x, y, sites: [n] };
        list.push(fresh);
        if (radius) {
          const key = `${Math.floor(x / radius)}:${Math.floor(y / radius)}`;
          if (!cells.has(key)) cells.set(key, []);
          cells.get(key).push(fresh);
        }
      }
    }
    for (const item of list) {
      item.x = item.sites.reduce((sum, n) => sum + worlds.sites[n].x, 0) / item.sites.length;
      item.y = item.sites.reduce((sum, n) => sum + worlds.sites[n].y, 0) / item.sites.length;
    }
    return list;
  }

  function nearest(cells, x, y, radius) {
    const column = Math.floor(x / radius);
    const row = Math.floor(y / radius);
    let best = null;
    let least = radius * radius;
    for (let dx = -1; dx <= 1; dx += 1) {
      for (let dy = -1; dy <= 1; dy += 1) {
        for (const item of cells.get(`${column + dx}:${row + dy}`) || []) {
          const distance = (item.x - x) ** 2 + (item.y - y) ** 2;
          if (distance < least) { least = distance; best = item; }
        }
      }
    }
    return best;
  }

  function census(sites) {
    const codes = gisops.live.codes;
    const tally = { cameras: [0, 0, 0, 0, 0, 0], boxes: [0, 0, 0, 0, 0, 0], worst: 0 };
    const count = (into, code) => {
      into[code] += 1;
      if (SEVERITY[code] > SEVERITY[tally.worst]) tally.worst = code;
    };
    for (const site of sites) {
      const { boxes, cameras } = gisops.devicesOfSite[site];
      for (const n of boxes) count(tally.boxes, codes[boxNumber(n)]);
      for (const n of cameras) count(tally.cameras, codes[cameraNumber(n)]);
    }
    tally.total = tally.cameras.reduce((a, b) => a + b, 0);
    tally.lost = tally.cameras[2] + tally.cameras[3];
    return tally;
  }

  // ---- painting -------------------------------------------------------------------------

  const ORDER = [2, 3, 1, 4, 5, 0]; // ring segments clockwise from the top: worst first

  function paintGroup(context, spot, item, tally) {
    const radius = 13 + Math.min(11, Math.sqrt(item.sites.length) * 1.7);
    context.beginPath();
    context.arc(spot.x, spot.y, radius + 2.5, 0, 2 * Math.PI);
    context.fillStyle = gisops.colour("cut");
    context.globalAlpha = 0.92;
    context.fill();
    context.globalAlpha = 1;
    let angle = -Math.PI / 2;
    for (const code of ORDER) {
      if (!tally.cameras[code]) continue;
      // A single lost camera among hundreds must still be seen.
      const share = Math.max(tally.cameras[code] / tally.total, isLost(code) ? 0.04 : 0);
      const next = code === 0 ? 1.5 * Math.PI : Math.min(1.5 * Math.PI, angle + share * 2 * Math.PI);
      context.beginPath();
      context.arc(spot.x, spot.y, radius, angle, next);
      context.lineWidth = 4;
      context.strokeStyle = gisops.colour(STATES[code]);
      context.globalAlpha = code === 0 ? 0.8 : 1;
      context.stroke();
      angle = next;
    }
    context.globalAlpha = 1;
    context.font = `600 ${tally.lost ? 11 : 11.5}px ${gisops.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = tally.lost ? gisops.colour("down") : gisops.ink("text");
    context.fillText(tally.lost ? `${tally.lost}/${tally.total}` : String(tally.total), spot.x, spot.y + 0.5);
    if (tally.worst) gisops.drawSymbol(context, STATES[tally.worst], spot.x + radius * 0.78, spot.y - radius * 0.78, 14);
    spots.push({ ...spot, r: radius + 3, kind: "group", sites: item.sites, tally });
  }

  function glow(context, spot, radius, state) {
    const light = context.createRadialGradient(spot.x, spot.y, 2, spot.x, spot.y, radius);
    light.addColorStop(0, gisops.colour(state));
    light.addColorStop(1, "rgba(0,0,0,0)");
    context.globalAlpha = 0.38;
    context.fillStyle = light;
    context.beginPath();
    context.arc(spot.x, spot.y, radius, 0, 2 * Math.PI);
    context.fill();
    context.globalAlpha = 1;
  }

  function paintBox(context, spot, n, size) {
    const state = STATES[gisops.live.codes[boxNumber(n)]];
    if (state === "down") glow(context, spot, size * 1.9, state);
    gisops.drawSymbol(context, state, spot.x, spot.y, size);
    spots.push({ ...spot, r: size / 2 + 3, kind: "boxes", n });
  }

  function paintBadge(context, spot, tally) {
    const text = `${tally.lost}/${tally.total}`;
    context.font = `600 10px ${gisops.font}`;
    const width = context.measureText(text).width + 8;
    const x = spot.x + 10;
    const y = spot.y - 16;
    context.fillStyle = gisops.colour("cut");
    context.strokeStyle = gisops.colour("down");
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(x, y, width, 14, 4);
    context.fill();
    context.stroke();
    context.fillStyle = gisops.colour("down");
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillText(text, x + 4, y + 7.5);
  }

  function paintCamera(context, view, n) {
    const { cameras } = gisops.city;
    const pole = gisops.onView(view, worlds.cameras[n]);
    if (!gisops.inView(view, pole, 80)) return;
    const state = STATES[gisops.live.codes[cameraNumber(n)]];
    const zoomed = Math.min(1, (view.zoom - CAMERAS_FROM) / 2);
    const bearing = ((cameras.azimuth[n] - 90) * Math.PI) / 180;
    const half = (Math.min(cameras.hfov[n], 340) * Math.PI) / 360;
    const far = 30 + 46 * zoomed;
    context.beginPath();
    context.moveTo(pole.x, pole.y);
    context.arc(pole.x, pole.y, far, bearing - half, bearing + half);
    context.closePath();
    context.fillStyle = gisops.colour(state);
    context.globalAlpha = isLost(gisops.live.codes[cameraNumber(n)]) ? 0.2 : 0.13;
    if (!gisops.coverageShown()) context.fill(); // with what it really sees on the ground, the outline is enough
    context.globalAlpha = 0.5;
    context.lineWidth = 0.8;
    context.strokeStyle = gisops.colour(state);
    context.stroke();
    context.globalAlpha = 1;
    const away = 19 + 15 * zoomed;
    const spot = { x: pole.x + away * Math.cos(bearing), y: pole.y + away * Math.sin(bearing) };
    const size = 11 + 3 * zoomed;
    gisops.drawSymbol(context, state, spot.x, spot.y, size);
    spots.push({ ...spot, r: size / 2 + 3, kind: "cameras", n });
  }

  function paintSite(context, view, spot, site, tally) {
    const { boxes, cameras } = gisops.devicesOfSite[site];
    const close = view.zoom >= CAMERAS_FROM;
    if (close && shown.cameras) cameras.forEach((n) => paintCamera(context, view, n));
    if (shown.boxes) {
      boxes.forEach((n, place) => paintBox(context, { x: spot.x + 14 * place, y: spot.y }, n, close ? 18 : 15));
    } else if (!close && shown.cameras) {
      gisops.drawSymbol(context, STATES[tally.worst], spot.x, spot.y, 12);
      spots.push({ ...spot, r: 9, kind: "sites", n: site });
    }
    if (!close && shown.cameras && tally.lost) paintBadge(context, spot, tally);
  }

  function paint(context, view) {
    spots = [];
    if (!gisops.city || gisops.live.seq < 0) return;
    worlds = worlds || points();
    if (groups.zoom !== view.zoom || groups.district !== gisops.district) {
      groups = { zoom: view.zoom, district: gisops.district, list: group(view.zoom) };
    }
    if (shown.boxes || shown.cameras) {
      const ready = [];
      for (const item of groups.list) {
        const spot = gisops.onView(view, item);
        if (!gisops.inView(view, spot, 90)) continue;
        const tally = census(item.sites);
        if (!gisops.problemsOnly || tally.worst) ready.push({ item, spot, tally });
      }
      ready.sort((a, b) => SEVERITY[a.tally.worst] - SEVERITY[b.tally.worst]); // the worst on top
      for (const { item, spot, tally } of ready) {
        if (item.sites.length > 1) paintGroup(context, spot, item, tally);
        else paintSite(context, view, spot, item.sites[0], tally);
      }
    }
    ring(context, view);
    gisops.markPainted();
  }

  /* A ring around what the drawer is about. */
  function ring(context, view) {
    if (!gisops.selected || gisops.selected.kind === "spans") return;
    const spot = spots.find((s) => s.kind === gisops.selected.kind && idOf(s) === gisops.selected.id);
    const at = spot || placeOf(view, gisops.selected);
    if (!at) return;
    context.beginPath();
    context.arc(at.x, at.y, (spot ? spot.r : 12) + 5, 0, 2 * Math.PI);
    context.lineWidth = 2;
    context.strokeStyle = gisops.theme === "dark" ? "#ffffff" : "#10202f";
    context.stroke();
  }

  const idOf = (spot) => (spot.n === undefined ? null : gisops.city[spot.kind].id[spot.n]);

  function placeOf(view, { kind, id }) {
    const table = gisops.city[kind];
    const n = table ? table.id.indexOf(id) : -1;
    return n < 0 ? null : gisops.onView(view, gisops.world(table.lat[n], table.lon[n]));
  }

  gisops.devices = new gisops.CanvasLayer(paint, { pane: "gisops-devices", zIndex: 450 });
  gisops.showDevices = (names) => {
    shown.boxes = names.includes("boxes");
    shown.cameras = names.includes("cameras");
    gisops.devices.repaint();
  };
  gisops.deviceSpots = () => spots;
  gisops.groupsDrawn = () => spots.filter((s) => s.kind === "group").map((s) => ({ lost: s.tally.lost, total: s.tally.total, worst: STATES[s.tally.worst] }));
})();
