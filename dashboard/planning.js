// The Planning room: asks the server, draws what it says. No number is worked out here but positions on the map.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const COLOURS = ["#1f6ab0", "#d9730d", "#2e7d32", "#8e24aa", "#00838f", "#ad1457"];
  const SVG = "http://www.w3.org/2000/svg";
  const room = { ground: null, plan: null, id: null, edit: null, chosen: null, k: 1, view: null, briefs: [] };
  const COS = Math.cos((24.9 * Math.PI) / 180);
  const UNIT = 10000;
  const x = (lon) => (lon - 67) * UNIT * COS;
  const y = (lat) => (25 - lat) * UNIT;
  const lonOf = (px) => px / (UNIT * COS) + 67;
  const latOf = (py) => 25 - py / UNIT;
  const METRE = UNIT / 111000;
  const share = (v) => (v === null || v === undefined ? "–" : (100 * v).toFixed(2) + " %");
  const money = (v) => "PKR " + Math.round(v).toLocaleString("en-GB");

  async function ask(path, body) {
    const options = body === undefined ? {} : {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    };
    const answer = await fetch("/planning/" + path, options);
    const found = await answer.json();
    if (!answer.ok) throw new Error(found.error || "the server refused");
    return found;
  }
  const guarded = (work) => async (...given) => {
    try { $("error").textContent = ""; await work(...given); } catch (error) { $("error").textContent = error.message; }
  };
  function put(parent, tag, attributes, text) {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text !== undefined) node.textContent = text;
    parent.appendChild(node);
    return node;
  }
  function element(tag, text, className) {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (className) node.className = className;
    return node;
  }
  const path = (points) => "M" + points.map(([a, b]) => x(a).toFixed(2) + " " + y(b).toFixed(2)).join("L");

  // ---- the map
  function look() {
    const v = room.view;
    $("map").setAttribute("viewBox", `${v.x} ${v.y} ${v.w} ${v.h}`);
    $("map").style.setProperty("--px", v.w / $("map").clientWidth);
  }
  function fit(west, south, east, north) {
    const box = $("map").getBoundingClientRect();
    let w = (x(east) - x(west)) * 1.08, h = (y(south) - y(north)) * 1.08;
    if (w / h < box.width / box.height) w = (h * box.width) / box.height; else h = (w * box.height) / box.width;
    room.view = { x: (x(west) + x(east)) / 2 - w / 2, y: (y(south) + y(north)) / 2 - h / 2, w, h };
    look();
  }
  function wedge(lon, lat, azimuth, hfov) {
    const r = 35 * METRE, parts = [[x(lon), y(lat)]];
    for (let n = 0; n <= 8; n++) {
      const a = ((azimuth - hfov / 2 + (hfov * n) / 8) * Math.PI) / 180;
      parts.push([x(lon) + r * Math.sin(a), y(lat) - r * Math.cos(a)]);
    }
    return "M" + parts.map((p) => p[0].toFixed(2) + " " + p[1].toFixed(2)).join("L") + "Z";
  }
  const placeOf = (camera) => {
    const moved = room.edit && room.edit.moved[camera.id];
    return moved ? { lon: moved[0], lat: moved[1], azimuth: moved[2] }
      : { lon: camera.lon, lat: camera.lat, azimuth: camera.azimuth_deg };
  };
  function draw() {
    const map = $("map");
    map.replaceChildren();
    const line = { "vector-effect": "non-scaling-stroke" };
    put(map, "path", { class: "coast", "stroke-width": 1.2, d: room.ground.coast.map(path).join(""), ...line });
    put(map, "path", { class: "road", "stroke-width": 2, d: room.ground.roads.map(path).join(""), ...line });
    for (const [a, b] of room.ground.cameras) put(map, "circle", { class: "old", cx: x(a), cy: y(b) });
    for (const [a, b] of room.ground.nodes) put(map, "circle", { class: "node", cx: x(a), cy: y(b) });
    if (room.plan) {
      const polygons = room.plan.area.type === "Polygon" ? [room.plan.area.coordinates] : room.plan.area.coordinates;
      put(map, "path", { class: "area", d: polygons.map((p) => path(p[0]) + "Z").join(""), ...line });
      put(map, "path", { class: "trench", "stroke-width": 3, d: room.plan.fibre.pieces.map((p) => path(p.line)).join(""), ...line });
      for (const camera of room.plan.cameras) drawCamera(camera);
      for (const box of room.plan.boxes) {
        put(put(map, "circle", { class: "box", cx: x(box.lon), cy: y(box.lat), fill: colour(box.phase),
          "stroke-width": 1.2, ...line }), "title", {}, `${box.id}: ${box.cameras} cameras, ${box.power_w} W`);
      }
    }
    for (const [a, b, name] of room.ground.places) {
      put(map, "text", { class: "place", x: x(a), y: y(b) }, name);
    }
  }
  const colour = (phase) => COLOURS[Math.max(0, room.plan.phases.findIndex((p) => p.name === phase)) % COLOURS.length];
  function drawCamera(camera) {
    const at = placeOf(camera);
    const node = put($("map"), "path", { "data-id": camera.id, tabindex: 0, fill: colour(camera.phase),
      stroke: colour(camera.phase), "stroke-width": 1.4, "vector-effect": "non-scaling-stroke" });
    node.setAttribute("d", wedge(at.lon, at.lat, at.azimuth, camera.hfov_deg));
    put(node, "title", {}, `${camera.id} ${camera.model}, ${camera.box}`);
    marked(camera, node);
  }
  function marked(camera, node) {
    const edit = room.edit || { locked: [], forbidden: [], moved: {} };
    node.setAttribute("class", ["cam", room.chosen === camera.id ? "on" : "", edit.locked.includes(camera.id) ? "locked" : "",
      edit.forbidden.includes(camera.id) ? "struck" : "", camera.id in edit.moved ? "moved" : ""].join(" "));
  }
  const nodeOf = (id) => $("map").querySelector(`[data-id="${id}"]`);
  function refresh(camera) {
    const at = placeOf(camera), node = nodeOf(camera.id);
    if (!node) return;
    node.setAttribute("d", wedge(at.lon, at.lat, at.azimuth, camera.hfov_deg));
    marked(camera, node);
  }
  const ground = (event) => {
    const box = $("map").getBoundingClientRect(), v = room.view;
    return [v.x + ((event.clientX - box.left) / box.width) * v.w, v.y + ((event.clientY - box.top) / box.height) * v.h];
  };
  let held = null;
  $("map").addEventListener("pointerdown", (event) => {
    const id = event.target.getAttribute && event.target.getAttribute("data-id");
    const at = ground(event);
    held = { id: id && id === room.chosen ? id : null, at, view: { ...room.view }, moved: false };
    if (id) choose(id);
    $("map").setPointerCapture(event.pointerId);
  });
  $("map").addEventListener("pointermove", (event) => {
    if (!held) return;
    const at = ground(event);
    if (held.id && room.open) {
      const camera = room.plan.cameras.find((c) => c.id === held.id);
      held.moved = true;
      held.to = [lonOf(at[0]), latOf(at[1])];
      nodeOf(held.id).setAttribute("d", wedge(held.to[0], held.to[1], placeOf(camera).azimuth, camera.hfov_deg));
      move(held.id, held.to[0], held.to[1], placeOf(camera).azimuth);
    } else {
      room.view.x -= at[0] - held.at[0];
      room.view.y -= at[1] - held.at[1];
      look();
    }
  });
  $("map").addEventListener("pointerup", () => { held = null; });
  $("map").addEventListener("keydown", (event) => {
    const id = event.target.getAttribute("data-id");
    if (id && (event.key === "Enter" || event.key === " ")) choose(id);
  });
  $("map").addEventListener("wheel", (event) => {
    event.preventDefault();
    const [px, py] = ground(event), v = room.view, f = Math.exp(event.deltaY * 0.0015);
    room.view = { x: px - (px - v.x) * f, y: py - (py - v.y) * f, w: v.w * f, h: v.h * f };
    look();
  }, { passive: false });

  // ---- changes by hand: one question at a time, the latest wish wins
  let asking = false, wish = null;
  function move(id, lon, lat, azimuth) { wish = { camera: id, action: "move", lon, lat, azimuth_deg: azimuth }; pump(); }
  async function pump() {
    if (asking || !wish) return;
    asking = true;
    const asked = wish;
    wish = null;
    try { scored(await ask("edit", { plan: room.id, ...asked })); } catch (error) { $("error").textContent = error.message; }
    asking = false;
    pump();
  }
  function scored(answer) {
    room.edit = answer;
    const camera = room.plan.cameras.find((c) => c.id === answer.camera);
    if (!held || held.id !== answer.camera) refresh(camera);
    const off = answer.value - room.plan.value;
    $("scored").textContent = `Seen now ${share(answer.value)} (${off >= 0 ? "+" : ""}${(100 * off).toFixed(3)} points ` +
      `against the plan), told in ${answer.took_ms} ms`;
    $("again").disabled = false;
  }
  function choose(id) {
    const before = room.chosen;
    room.chosen = id;
    for (const c of room.plan.cameras) if (c.id === before || c.id === id) refresh(c);
    const camera = room.plan.cameras.find((c) => c.id === id);
    $("camera").textContent = `${camera.id}: ${camera.model}; pole ${camera.pole}, ${camera.box} port ${camera.port}, ` +
      `${camera.cable_m} m of cable, ${camera.power_w} W, phase ${camera.phase}. It alone sees ${camera.alone_pct} % of the demand.`;
    $("acts").hidden = !room.open;
    $("turn").value = placeOf(camera).azimuth;
  }
  $("turn").addEventListener("input", () => {
    const camera = room.plan.cameras.find((c) => c.id === room.chosen), at = placeOf(camera), turn = Number($("turn").value);
    nodeOf(camera.id).setAttribute("d", wedge(at.lon, at.lat, turn, camera.hfov_deg));
    move(camera.id, at.lon, at.lat, turn);
  });
  for (const button of document.querySelectorAll("[data-act]")) {
    button.addEventListener("click", guarded(async () => {
      scored(await ask("edit", { plan: room.id, camera: room.chosen, action: button.dataset.act }));
    }));
  }

  // ---- what a plan says
  function table(heads, rows) {
    const node = element("table"), head = element("tr");
    heads.forEach((text, n) => head.append(element("th", text, n ? "n" : "")));
    node.append(head);
    for (const cells of rows) {
      const line = element("tr");
      cells.forEach((text, n) => line.append(element("td", text, n ? "n" : "")));
      node.append(line);
    }
    return node;
  }
  function tell() {
    const p = room.plan;
    $("facts").replaceChildren(...[["Seen before", share(p.already)], ["Seen with it", share(p.value)],
      ["No plan above", share(p.bound)], ["Gap of the gain", share(p.gap)], ["Cameras", p.cameras.length],
      ["Boxes", p.boxes.length], ["Trench", (p.fibre.metres / 1000).toFixed(2) + " km"],
      ["Cost", (p.cost.total / 1e6).toFixed(1) + " M"]].map(([name, value]) => {
      const node = element("div");
      node.append(element("dt", name), element("dd", String(value)));
      return node;
    }));
    $("proof").textContent = `${p.name}. Level ${p.level}; ${p.incidence}. Bound: ${p.proof}. Ended: ${p.ended}.`;
    $("cost").replaceChildren(table(["Item", "Number", "PKR"], [...p.cost.lines.map((l) => [l.item,
      l.count.toLocaleString("en-GB"), Math.round(l.rupees).toLocaleString("en-GB")]), ["Total", "", money(p.cost.total)],
      ["Budget", "", money(p.budget)]]));
    $("districts").replaceChildren(table(["District", "before", "after"], p.districts.map((d) => [d.name,
      d.before_pct.toFixed(1) + " %", d.after_pct.toFixed(1) + " %"])));
    $("files").replaceChildren(...[["report.html", "Report"], ["bill.xlsx", "Bill (XLSX)"], ["plan.gpkg", "GeoPackage"],
      ["plan.kml", "KML"], ["plan.json", "Plan file"]].map(([file, words]) => {
      const link = element("a", words);
      link.href = `/planning/plans/${room.id}/${file}`;
      if (file === "report.html") link.target = "_blank";
      return link;
    }));
  }
  async function show(id) {
    if (!id) return;
    room.plan = await ask(`plans/${id}/plan.json`);
    room.id = id;
    room.chosen = room.edit = null;
    const row = room.plans.find((p) => p.id === id);
    room.open = Boolean(row && row.is_open);
    $("acts").hidden = true;
    $("open").hidden = room.open;
    $("again").disabled = true;
    $("scored").textContent = "";
    $("camera").textContent = "Click a camera on the map.";
    const every = room.plan.area.coordinates.flat(room.plan.area.type === "Polygon" ? 1 : 2);
    fit(Math.min(...every.map((p) => p[0])), Math.min(...every.map((p) => p[1])),
      Math.max(...every.map((p) => p[0])), Math.max(...every.map((p) => p[1])));
    draw();
    tell();
    await compare();
  }
  async function compare() {
    const other = $("other").value;
    if (!other || !room.id || other === room.id) { $("compared").replaceChildren(); return; }
    const found = await ask(`compare.json?a=${encodeURIComponent(other)}&b=${encodeURIComponent(room.id)}`);
    const n = (v) => (v === null ? "–" : v.toLocaleString("en-GB", { maximumFractionDigits: 2 }));
    const parts = found.notes.map((note) => element("p", note, "bad"));
    parts.push(table(["", "other", "shown", "more"], [...found.rows, ...found.districts].map((r) =>
      [r.unit ? `${r.name}, ${r.unit}` : r.name, n(r.a), n(r.b), n(r.difference)])));
    const c = found.cameras;
    parts.push(element("p", `${c.both} cameras in both, ${c.only_a.length} only in the other, ${c.only_b.length} only here.`));
    $("compared").replaceChildren(...parts);
  }

  // ---- runs
  function report(state) {
    $("run").disabled = state.running;
    $("cancel").disabled = !state.running;
    if (state.running) {
      const byTime = state.value !== null && state.limit_s ? state.seconds / state.limit_s : 0;
      $("bar").value = 100 * Math.min(1, Math.max(state.all ? state.done / state.all : 0, Math.min(byTime, 0.98)));
      const best = state.value === null ? "" : `; best so far ${share(state.value)}`;
      const bound = state.bound === null || state.value === null ? "" : `, none above ${share(state.bound)}`;
      $("said").textContent = `${state.words}${best}${bound}; ${Math.round(state.seconds)} s`;
    }
  }
  async function watch() {
    const state = await ask("state.json");
    report(state);
    if (state.running) { setTimeout(guarded(watch), 400); return; }
    $("bar").value = state.plan ? 100 : 0;
    $("said").textContent = state.plan ? "Done." : "";
    $("error").textContent = state.error || "";
    await list(state.plan);
    if (state.plan) await show(state.plan);
  }
  async function list(wanted) {
    const desk = await ask("desk.json");
    room.plans = desk.plans;
    room.briefs = desk.briefs;
    for (const id of ["plans", "other"]) {
      const kept = $(id).value;
      $(id).replaceChildren(...(id === "other" ? [new Option("–", "")] : []), ...desk.plans.map((p) =>
        new Option(`${p.id.slice(5)} · ${share(p.value)} · ${(p.rupees / 1e6).toFixed(1)} M · ${p.name}`, p.id)));
      if (kept) $(id).value = kept;
    }
    if (wanted) $("plans").value = wanted;
    return desk;
  }
  $("run").addEventListener("click", guarded(async () => {
    await ask("run", { brief: $("brief").value, seconds: Number($("seconds").value) });
    await watch();
  }));
  $("again").addEventListener("click", guarded(async () => {
    await ask("again", { plan: room.id, seconds: Number($("seconds").value) });
    await watch();
  }));
  $("open").addEventListener("click", guarded(async () => {
    await ask("open", { plan: room.id });
    await watch();
  }));
  $("cancel").addEventListener("click", guarded(async () => { await ask("cancel", {}); }));
  $("plans").addEventListener("change", guarded(async () => show($("plans").value)));
  $("other").addEventListener("change", guarded(compare));
  $("briefs").addEventListener("change", () => {
    const brief = room.briefs.find((b) => b.name === $("briefs").value);
    if (brief) $("brief").value = brief.text;
  });
  guarded(async () => {
    room.ground = await ask("ground.json");
    $("city").textContent = room.ground.name;
    $("demo").hidden = !room.ground.demo;
    const desk = await list();
    $("briefs").replaceChildren(...desk.briefs.map((b) => new Option(b.name, b.name)));
    if (desk.briefs.length) $("brief").value = desk.briefs[0].text;
    const every = room.ground.cameras.length ? room.ground.cameras : room.ground.places;
    if (every.length) fit(Math.min(...every.map((p) => p[0])), Math.min(...every.map((p) => p[1])),
      Math.max(...every.map((p) => p[0])), Math.max(...every.map((p) => p[1])));
    draw();
    if (desk.state.running) await watch();
    else if (desk.plans.length) await show($("plans").value);
  })();
})();
