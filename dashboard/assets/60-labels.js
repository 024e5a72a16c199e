/* Names on the map, and the stations and centres: drawn while there is room, the important ones first. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const shown = { labels: true, places: true, stations: true, roads: true, districts: true };
  let roads = [];
  let spots = [];
  let taken = [];

  gisops.font = 'Inter, "Segoe UI", system-ui, -apple-system, Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif';

  function free(x, y, width, height) {
    const box = [x - 3, y - 2, x + width + 3, y + height + 2];
    if (taken.some((t) => box[0] < t[2] && box[2] > t[0] && box[1] < t[3] && box[3] > t[1])) return false;
    taken.push(box);
    return true;
  }

  function write(context, text, x, y, colour) {
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.strokeStyle = gisops.ink("halo");
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  /* A point with its name to the right of it, where that is free. */
  function point(context, view, lat, lon, options) {
    const spot = gisops.onView(view, gisops.world(lat, lon));
    if (!gisops.inView(view, spot, 20)) return null;
    options.mark(spot);
    if (options.text && shown.labels) {
      context.font = `${options.weight || 500} ${options.size}px ${gisops.font}`;
      context.textAlign = "left";
      context.textBaseline = "middle";
      const width = context.measureText(options.text).width;
      if (free(spot.x + options.gap, spot.y - options.size / 2, width, options.size)) {
        write(context, options.text, spot.x + options.gap, spot.y + 0.5, options.colour);
      }
    }
    return spot;
  }

  function paintStations(context, view) {
    const { stations, centres } = gisops.city;
    const size = view.zoom < 12 ? 13 : view.zoom < 14 ? 16 : 19;
    const draw = (kind, table, sign, from, colour) => table.id.forEach((id, n) => {
      const spot = point(context, view, table.lat[n], table.lon[n], {
        mark: (at) => { gisops.drawExtra(context, sign, at.x, at.y, size + (sign === "centre" ? 3 : 0)); taken.push([at.x - 9, at.y - 9, at.x + 9, at.y + 9]); },
        text: view.zoom >= from ? table.name[n] : "", size: 11, weight: 600, gap: size / 2 + 4, colour,
      });
      if (spot) spots.push({ ...spot, r: size / 2 + 2, kind, n });
    });
    draw("centres", centres, "centre", 11, gisops.theme === "dark" ? "#e9d8a6" : "#6b5a1e");
    draw("stations", stations, "station", 13.5, gisops.theme === "dark" ? "#a9c5f2" : "#274f8f");
  }

  function paintPlaces(context, view) {
    const { places } = gisops.city;
    const order = places.id.map((_, n) => n).sort((a, b) => places.critical[b] - places.critical[a]);
    for (const n of order) {
      if (view.zoom < (places.critical[n] ? 12.5 : 13.5)) continue;
      const spot = point(context, view, places.lat[n], places.lon[n], {
        mark: (at) => {
          context.fillStyle = gisops.ink("place");
          context.globalAlpha = 0.9;
          context.fillRect(at.x - 2, at.y - 2, 4, 4);
          context.globalAlpha = 1;
        },
        text: places.name[n], size: 10.5, gap: 6, colour: gisops.ink("place"),
      });
      if (spot) spots.push({ ...spot, r: 6, kind: "places", n });
    }
  }

  function paintDistricts(context, view) {
    if (view.zoom > 14) return;
    const { districts } = gisops.city;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.font = `600 ${view.zoom < 11 ? 11 : 13}px ${gisops.font}`;
    districts.id.forEach((id, n) => {
      const spot = gisops.onView(view, gisops.world(...districts.label[n]));
      if (!gisops.inView(view, spot, 0)) return;
      const text = districts.name[n].toUpperCase().split("").join("\u200a");
      const width = context.measureText(text).width;
      if (free(spot.x - width / 2, spot.y - 7, width, 14)) write(context, text, spot.x, spot.y, gisops.ink("faint"));
    });
  }

  /* A road's name along it, where it runs straight for the length of the name. */
  const RANK = { motorway: 10.5, expressway: 11.5, arterial: 12.5, street: 14.5 };
  function paintRoads(context, view) {
    context.font = `500 10.5px ${gisops.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const road of roads) {
      if (view.zoom < (RANK[road.kind] || 14.5)) continue;
      const width = context.measureText(road.name).width;
      for (const line of road.lines) alongLine(context, view, road.name, line, width);
    }
  }

  function alongLine(context, view, name, line, width) {
    const track = line.map((p) => gisops.onView(view, p));
    let next = width * 0.8;
    let gone = 0;
    for (let i = 1; i < track.length; i += 1) {
      const a = track[i - 1];
      const b = track[i];
      const length = Math.hypot(b.x - a.x, b.y - a.y);
      while (gone + length > next) {
        const t = (next - gone) / length;
        const spot = { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) };
        const drawn = gisops.inView(view, spot, -20) && alongAt(context, name, track, i, t, width, spot);
        next += drawn ? 420 : 40;
      }
      gone += length;
    }
  }

  function alongAt(context, name, track, i, t, width, spot) {
    const from = walk(track, i, t, -width / 2);
    const to = walk(track, i, t, width / 2);
    if (!from || !to || Math.hypot(to.x - from.x, to.y - from.y) < width * 0.96) return false;
    let angle = Math.atan2(to.y - from.y, to.x - from.x);
    if (angle > Math.PI / 2) angle -= Math.PI;
    if (angle < -Math.PI / 2) angle += Math.PI;
    const w = Math.abs(width * Math.cos(angle)) + 10;
    const h = Math.abs(width * Math.sin(angle)) + 10;
    if (!free(spot.x - w / 2, spot.y - h / 2, w, h)) return false;
    context.save();
    context.translate((from.x + to.x) / 2, (from.y + to.y) / 2);
    context.rotate(angle);
    write(context, name, 0, 0, gisops.ink("road"));
    context.restore();
    return true;
  }

  /* The point that lies `distance` pixels along the track from the point t of segment i. */
  function walk(track, i, t, distance) {
    const forward = distance > 0;
    let left = Math.abs(distance);
    let at = { x: track[i - 1].x + t * (track[i].x - track[i - 1].x), y: track[i - 1].y + t * (track[i].y - track[i - 1].y) };
    for (let k = forward ? i : i - 1; k >= 0 && k < track.length; k += forward ? 1 : -1) {
      const length = Math.hypot(track[k].x - at.x, track[k].y - at.y);
      if (length >= left && length > 0) {
        return { x: at.x + ((track[k].x - at.x) * left) / length, y: at.y + ((track[k].y - at.y) * left) / length };
      }
      left -= length;
      at = track[k];
    }
    return null;
  }

  function paint(context, view) {
    spots = [];
    taken = gisops.deviceSpots().map((s) => [s.x - s.r, s.y - s.r, s.x + s.r, s.y + s.r]);
    if (!gisops.city) return;
    if (shown.stations) paintStations(context, view);
    if (shown.places) paintPlaces(context, view);
    if (shown.labels && shown.roads) paintRoads(context, view);
    if (shown.labels && shown.districts) paintDistricts(context, view);
  }

  gisops.labels = new gisops.CanvasLayer(paint, { pane: "gisops-labels", zIndex: 440 });
  gisops.labelSpots = () => spots;
  gisops.showLabels = (names) => {
    for (const name of Object.keys(shown)) shown[name] = names.includes(name);
    gisops.labels.repaint();
  };

  const lines = (geometry) => (geometry.type === "MultiLineString" ? geometry.coordinates : [geometry.coordinates]);
  fetch("/data/roads.geojson")
    .then((answer) => answer.json())
    .then((layer) => {
      roads = layer.features
        .filter((f) => f.properties.name)
        .map((f) => ({
          name: f.properties.name, kind: f.properties.kind,
          lines: lines(f.geometry).map((line) => line.map(([lon, lat]) => gisops.world(lat, lon))),
        }))
        .sort((a, b) => (RANK[a.kind] || 15) - (RANK[b.kind] || 15));
      gisops.labels.repaint();
    })
    .catch((error) => console.error("/data/roads.geojson: cannot be read: reload the page", error));
})();
