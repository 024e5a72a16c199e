/* One drawing for each state, used by the map, the legend, the list and the drawer alike.
   Shape and colour say the same thing, so that either is enough. */
(function () {
  "use strict";

  const gisops = window.gisops;

  /* Paths in a square of 24 around (12, 12). `fill` and `ink` name colours: own is the state's, cut is the ground's. */
  const SHAPES = {
    up: [{ d: "M12 5.5a6.5 6.5 0 1 0 .01 0z", fill: "own" }],
    degraded: [
      { d: "M12 2.5 22 20.5H2z", fill: "own" },
      { d: "M12 9v5.2M12 16.6v1.6", ink: "cut", width: 2.2 },
    ],
    down: [
      { d: "M3 3h18v18H3z", fill: "own" },
      { d: "M7.6 7.6l8.8 8.8M16.4 7.6l-8.8 8.8", ink: "cut", width: 2.8 },
    ],
    unreachable: [
      { d: "M4 4h16v16H4z", fill: "cut", ink: "own", width: 2.6 },
      { d: "M8 12h8", ink: "own", width: 3 },
    ],
    maintenance: [
      { d: "M12 2 22 12 12 22 2 12z", fill: "own" },
      { d: "M8.4 12h7.2M12 8.4v7.2", ink: "cut", width: 2.2 },
    ],
    unknown: [{ d: "M12 4.5a7.5 7.5 0 1 0 .01 0z", fill: "cut", ink: "own", width: 2.2, dash: [2.6, 2.6] }],
  };
  const COLOURS = {
    dark: {
      up: "#3ecf9b", degraded: "#f7b93e", down: "#ff5263", unreachable: "#ff8fd0",
      maintenance: "#6aa8ff", unknown: "#93a1b5", cut: "#0d141d",
    },
    light: {
      up: "#0b8a60", degraded: "#b97700", down: "#cf1f36", unreachable: "#a8267f",
      maintenance: "#2263c9", unknown: "#66758a", cut: "#ffffff",
    },
  };
  const EXTRAS = {
    cluster: '<circle cx="12" cy="12" r="9" fill="none" stroke="#3ecf9b" stroke-width="3.4" stroke-dasharray="44 60"/><circle cx="12" cy="12" r="9" fill="none" stroke="#ff5263" stroke-width="3.4" stroke-dasharray="10 100" stroke-dashoffset="-46"/>',
    station: '<path d="M12 2.5l8 3v6.2c0 4.9-3.3 8.3-8 10-4.7-1.7-8-5.1-8-10V5.5z" fill="#7fa8e8"/><path d="M12 7.2l1.4 3 3.2.4-2.4 2.2.7 3.2-2.9-1.6-2.9 1.6.7-3.2-2.4-2.2 3.2-.4z" fill="#0d141d"/>',
    centre: '<path d="M12 2 20.7 7v10L12 22 3.3 17V7z" fill="none" stroke="#e9d8a6" stroke-width="2.4"/><circle cx="12" cy="12" r="3.6" fill="#e9d8a6"/>',
  };

  gisops.theme = "dark";
  gisops.colour = (state) => COLOURS[gisops.theme][state];

  const paths = new Map();
  const path = (d) => {
    if (!paths.has(d)) paths.set(d, new Path2D(d));
    return paths.get(d);
  };

  /* Draw a state's symbol on a canvas, `size` pixels wide, around (x, y). */
  gisops.drawSymbol = (context, state, x, y, size) => {
    const ink = COLOURS[gisops.theme];
    const pick = (name) => (name === "own" ? ink[state] : ink.cut);
    context.save();
    context.translate(x, y);
    context.scale(size / 24, size / 24);
    context.translate(-12, -12);
    for (const part of SHAPES[state]) {
      if (part === SHAPES[state][0]) { // a rim of the ground's colour, so that neighbours stay apart
        context.lineJoin = "round";
        context.setLineDash([]);
        context.lineWidth = (part.width || 0) + 5;
        context.strokeStyle = ink.cut;
        context.stroke(path(part.d));
      }
      if (part.fill) { context.fillStyle = pick(part.fill); context.fill(path(part.d)); }
      if (part.ink) {
        context.setLineDash(part.dash || []);
        context.lineWidth = part.width;
        context.strokeStyle = pick(part.ink);
        context.stroke(path(part.d));
      }
    }
    context.restore();
  };

  const images = new Map();
  gisops.drawExtra = (context, name, x, y, size) => {
    const image = images.get(name);
    if (image && image.complete) context.drawImage(image, x - size / 2, y - size / 2, size, size);
  };

  const svg = (inner) =>
    `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="48" height="48">${inner}</svg>`)}`;

  function markup(state, theme) {
    const ink = COLOURS[theme];
    const pick = (name) => (name === undefined ? "none" : name === "own" ? ink[state] : ink.cut);
    return SHAPES[state].map((p) =>
      `<path d="${p.d}" fill="${pick(p.fill)}" stroke="${pick(p.ink)}" stroke-width="${p.width || 0}"` +
      ` stroke-dasharray="${(p.dash || []).join(" ")}"/>`).join("");
  }

  /* The same drawings as style rules, for every element of class sym-STATE. */
  const rules = [];
  for (const theme of ["dark", "light"]) {
    for (const state of gisops.STATES) {
      rules.push(`[data-theme="${theme}"] .sym-${state}{background-image:url("${svg(markup(state, theme))}")}`);
      rules.push(`[data-theme="${theme}"]{--${state}:${COLOURS[theme][state]}}`);
    }
  }
  for (const [name, inner] of Object.entries(EXTRAS)) {
    rules.push(`.sym-${name}{background-image:url("${svg(inner)}")}`);
    const image = new Image();
    image.src = svg(inner);
    images.set(name, image);
  }
  const sheet = document.createElement("style");
  sheet.textContent = rules.join("\n");
  document.head.append(sheet);
  document.documentElement.dataset.theme = "dark";
})();
