/* What the cameras that work now see: bands of detail on the ground, finest on top, and their sums in the legend.
   The server says once what each camera sees; which of them count, this page knows from the live stream. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const COLOURS = ["#2b4c86", "#24719e", "#1f9a94", "#4fb765", "#b4d233", "#fde725", "#ffffff"];
  const PLATES = "#ff5ad1";
  const SUMS_EVERY_MS = 1500;
  const sees = (code) => code === 0 || code === 1; // unknown is not counted: missing is never up

  let wanted = false;
  let bands = null; // [level][camera] -> Path2D in units from the camera, or undefined
  let levels = [];
  let worlds = null;
  let asked = false;
  let drawn = 0;
  let sums = null;
  let sumsAt = 0;
  let sumsDue = null;
  const sheet = document.createElement("canvas");

  const colour = (level) => (levels[level].name === "anpr" ? PLATES : COLOURS[Math.min(level, COLOURS.length - 1)]);
  gisops.coverageColour = colour;

  function path(rings) {
    const made = new Path2D();
    for (const ring of rings) {
      made.moveTo(ring[0], ring[1]);
      for (let i = 2; i < ring.length; i += 2) made.lineTo(ring[i], ring[i + 1]);
      made.closePath();
    }
    return made;
  }

  function take(document_) {
    levels = document_.levels;
    bands = levels.map(() => []);
    document_.cameras.forEach((camera, n) => camera.forEach(([level, ...rings]) => {
      // Presets of one camera bring several bands of one level.
      const band = path(rings);
      if (bands[level][n]) bands[level][n].push(band);
      else bands[level][n] = [band];
    }));
    const { lat, lon } = gisops.city.cameras;
    worlds = lat.map((value, n) => ({
      ...gisops.world(value, lon[n]),
      // World units of one unit of longitude, and of latitude there (north is up, y goes down).
      sx: (256 / 360) * document_.unit,
      sy: (-256 / 360 / Math.cos((value * Math.PI) / 180)) * document_.unit,
    }));
    note(document_.buildings === null ? "No buildings imported: open field" : "");
    gisops.coverage.repaint();
  }

  async function fetchBands() {
    if (asked || !gisops.city) return;
    asked = true;
    note("Working out what each camera sees …");
    try {
      const answer = await fetch("/data/coverage.json");
      if (!answer.ok) throw new Error((await answer.json()).detail);
      take(await answer.json());
      refreshSums();
    } catch (error) {
      asked = false;
      note(`Coverage is not known: ${error.message}`);
    }
  }

  function counts(n) {
    const { boxes, cameras, sites } = gisops.city;
    if (!sees(gisops.live.codes[boxes.id.length + n])) return false;
    return gisops.district < 0 || sites.district[cameras.site[n]] === gisops.district;
  }

  function paint(context, view) {
    drawn = 0;
    if (!wanted || !bands || gisops.live.seq < 0) return;
    const { canvas } = context;
    if (sheet.width !== canvas.width || sheet.height !== canvas.height) Object.assign(sheet, { width: canvas.width, height: canvas.height });
    const on = sheet.getContext("2d");
    on.setTransform(1, 0, 0, 1, 0, 0);
    on.clearRect(0, 0, sheet.width, sheet.height);
    const scale = Math.pow(2, view.zoom);
    const near = [];
    for (let n = 0; n < worlds.length; n += 1) {
      if (!counts(n)) continue;
      drawn += 1;
      const spot = gisops.onView(view, worlds[n]);
      // No band reaches farther than 1.5 km.
      if (gisops.inView(view, spot, 0.0135 * (256 / 360) * scale)) near.push([n, spot]);
    }
    // Opaque, the coarse before the fine, then laid on the map as one: where fields overlap the better one shows.
    for (let level = 0; level < levels.length; level += 1) {
      on.fillStyle = colour(level);
      for (const [n, spot] of near) {
        if (!bands[level][n]) continue;
        const { sx, sy } = worlds[n];
        on.setTransform(view.ratio * sx * scale, 0, 0, view.ratio * sy * scale, view.ratio * spot.x, view.ratio * spot.y);
        for (const band of bands[level][n]) on.fill(band, "evenodd");
      }
    }
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = gisops.theme === "light" ? 0.6 : 0.62;
    context.drawImage(sheet, 0, 0);
    context.restore();
  }

  gisops.coverage = new gisops.CanvasLayer(paint, { pane: "gisops-coverage", zIndex: 430 });
  gisops.coverageDrawn = () => drawn;
  gisops.coverageBands = () => (bands ? { bands, worlds } : null);
  gisops.coverageShown = () => wanted && bands !== null;

  // ---- sums -----------------------------------------------------------------------------

  const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });

  function note(text) {
    const element = document.getElementById("coverage-note");
    if (element) element.textContent = text;
  }

  function scopeOf(scopes) {
    return scopes[gisops.district + 1];
  }

  function showSums() {
    const table = document.getElementById("coverage-levels");
    if (!table || !levels.length) return;
    const now = sums && scopeOf(sums.scopes);
    const whole = sums && scopeOf(sums.whole);
    table.replaceChildren(...levels.flatMap((level, n) => {
      const name = document.createElement("span");
      const swatch = document.createElement("i");
      swatch.className = "swatch";
      swatch.style.background = colour(n);
      name.append(swatch, `${level.name === "anpr" ? "Plates" : level.name[0].toUpperCase() + level.name.slice(1)} ${level.px_per_m}`);
      const cells = ["area_m2", "road_m"].map((key) => {
        const cell = document.createElement("span");
        cell.className = "num";
        const divide = key === "area_m2" ? 1e4 : 1e3;
        cell.textContent = now ? number.format(now.levels[n][key] / divide) : "–";
        if (now && now.levels[n][key] < whole.levels[n][key]) {
          cell.classList.add("less");
          cell.title = `${number.format(whole.levels[n][key] / divide)} with every camera`;
        }
        return cell;
      });
      return [name, ...cells];
    }));
  }

  async function refreshSums() {
    sumsDue = null;
    sumsAt = performance.now();
    try {
      const answer = await fetch("/data/coverage-live.json", { cache: "no-store" });
      if (!answer.ok) return;
      sums = await answer.json();
      showSums();
    } catch (error) {
      // The server is away: the banner says so, and the next change asks again.
    }
  }

  function sumsSoon() {
    if (!wanted || !bands || sumsDue) return;
    sumsDue = setTimeout(refreshSums, Math.max(0, sumsAt + SUMS_EVERY_MS - performance.now()));
  }

  // ---- switching ------------------------------------------------------------------------

  gisops.showCoverage = (names) => {
    wanted = names.includes("coverage");
    document.documentElement.dataset.coverage = wanted ? "on" : "off";
    if (wanted) fetchBands();
    if (wanted && bands) sumsSoon();
    showSums();
    gisops.coverage.repaint();
  };

  gisops.subscribe((change) => {
    if (change.kind === "city" && wanted) fetchBands();
    if (change.kind === "full" || change.changed) { gisops.coverage.repaint(); sumsSoon(); }
  });
  gisops.coverageDistrict = () => { gisops.coverage.repaint(); showSums(); };

  L.Map.addInitHook(function () {
    this.whenReady(() => gisops.coverage.addTo(this));
  });
})();
