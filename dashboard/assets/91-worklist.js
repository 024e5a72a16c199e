/* The list as a place to work in: wide or narrow, grouped, chosen from the map, exported, and acted upon. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const GROUPS = { "": "No groups", station: "By station", feeder: "By feeder", contractor: "By contractor", district: "By district", cause: "By cause" };
  const DEEDS = {
    acknowledge: { label: "Acknowledge", fields: ["by", "note"] },
    assign: { label: "Assign", fields: ["by", "to", "note"] },
    silence: { label: "Silence", fields: ["by", "minutes", "note"] },
    maintenance: { label: "Maintenance", fields: ["by", "minutes", "note"] },
  };
  const FIELDS = { by: "Your name", to: "Give it to", note: "Why", minutes: "Minutes from now" };
  const WIDE = ["dark", "station", "feeder", "contractor", "with", "next"];
  const EVERY_MS = 3000; // between two looks at what others entered
  const list = { wide: false, group: "", only: null };
  let standing = { taken: {}, given: {}, silences: [], work: [] };
  let hasDesk = false;

  gisops.worklist = list;
  const $ = (id) => document.getElementById(id);
  const make = (name, css, text, attributes) => gisops.element(name, css, text, attributes);
  const grid = () => (window.dash_ag_grid && document.querySelector("#offline-grid .ag-root") ? window.dash_ag_grid.getApi("offline-grid") : null);

  // ---- what stands beside a line --------------------------------------------------------

  const about = (row, item) => (item.outage ? item.outage === row.outage : item.scope === "all" || item.id === row.device);
  gisops.dress = (rows) => rows.map((row) => {
    const taken = standing.taken[row.outage];
    const given = standing.given[row.outage];
    const quiet = standing.silences.find((item) => about(row, item));
    const work = standing.work.find((item) => about(row, item));
    const said = [given ? `${given.who}` : taken && taken.who, quiet && `silent until ${gisops.localTime(quiet.until)}`, work && `work until ${gisops.localTime(work.until)}`];
    return { ...row, with: said.filter(Boolean).join(" · ") };
  }).filter((row) => list.only === null || String(row[list.group]) === list.only);

  let looked = -1e9;
  async function look(now) {
    if (!hasDesk || (!now && performance.now() - looked < EVERY_MS)) return;
    looked = performance.now();
    try {
      const answer = await fetch("/data/desk.json", { cache: "no-store" });
      if (!answer.ok) return;
      standing = await answer.json();
      if (gisops.relist) gisops.relist();
    } catch (error) {
      // The server is away: the banner says so, and the next change tries again.
    }
  }

  // ---- tools ----------------------------------------------------------------------------

  function button(label, act, attributes) {
    const made = make("button", "tool-button", label, { type: "button", ...attributes });
    made.addEventListener("click", act);
    return made;
  }

  function tools() {
    const place = $("list-tools");
    if (!place || place.childElementCount) return;
    hasDesk = place.dataset.desk === "yes";
    const choice = make("select", "tool-select", null, { id: "list-group", "aria-label": "Group the list" });
    choice.append(...Object.entries(GROUPS).map(([value, label]) => make("option", "", label, { value })));
    choice.addEventListener("change", () => { list.group = choice.value; list.only = null; gisops.relist(); });
    place.append(
      button("Widen", () => gisops.widen(!list.wide), { id: "list-wide", "aria-pressed": "false" }),
      button("Only problems", () => gisops.onlyProblems(!gisops.problemsOnly), { id: "only-problems", "aria-pressed": "false" }),
      choice,
      button("Choose what the map shows", chooseInView, { id: "choose-in-view" }),
      button("CSV", () => grid() && grid().exportDataAsCsv({ fileName: "offline.csv", processCellCallback: cell }), { id: "list-csv" }),
      ...(hasDesk ? Object.keys(DEEDS).map((name) => button(DEEDS[name].label, () => ask(name, chosen()), { "data-deed": name })) : []),
    );
  }

  /* The same from the map: what the drawer is about. */
  function drawerTools() {
    const place = $("detail-deeds");
    if (!place || place.childElementCount || !hasDesk) return;
    place.append(...Object.keys(DEEDS).map((name) => button(DEEDS[name].label, () => ask(name, ofSelected()), { "data-drawer-deed": name })));
  }

  const cell = ({ value, column }) => (column.getColId() === "since" ? gisops.utcTime(value) : column.getColId() === "dark" ? (value ? gisops.darkIn(value) : "") : value);

  gisops.widen = (wide) => {
    list.wide = wide;
    document.documentElement.dataset.list = wide ? "wide" : "narrow";
    if ($("list-wide")) { $("list-wide").setAttribute("aria-pressed", String(wide)); $("list-wide").textContent = wide ? "Narrow" : "Widen"; }
    const api = grid();
    if (api) {
      api.setColumnsVisible(WIDE, wide);
      api.setGridOption("rowSelection", wide ? { mode: "multiRow", checkboxes: true, headerCheckbox: true, enableClickSelection: true } : { mode: "singleRow", checkboxes: false, enableClickSelection: true });
    }
    gisops.note("list", wide ? "wide" : null);
  };

  function chooseInView() {
    if (!list.wide) gisops.widen(true);
    const bounds = gisops.map.getBounds();
    grid().forEachNode((node) => {
      const { box } = node.data;
      node.setSelected(Boolean(box) && bounds.intersects([[box[0], box[1]], [box[2], box[3]]]));
    });
  }

  function chips(rows) {
    const place = $("list-groups");
    if (!place) return;
    const found = new Map();
    if (list.group) for (const row of rows) found.set(row[list.group] || "unknown", [...(found.get(row[list.group] || "unknown") || []), row]);
    place.replaceChildren(...[...found].sort((a, b) => b[1].length - a[1].length).map(([name, of]) => {
      const lost = of.reduce((total, row) => total + row.lost, 0);
      return button(`${name} · ${of.length} · ${lost} lost`, () => { list.only = list.only === name ? null : name; gisops.relist(); }, { "aria-pressed": String(list.only === name) });
    }));
  }
  gisops.grouped = chips;

  // ---- acting ---------------------------------------------------------------------------

  function chosen() {
    const rows = grid() ? grid().getSelectedRows() : [];
    return rows.length ? rows : ofSelected();
  }

  /* The line of what the drawer shows: its own, or that of a camera's box; a device that is well stands for itself. */
  function ofSelected() {
    const { city, live, selected } = gisops;
    if (!selected || (selected.kind !== "boxes" && selected.kind !== "cameras")) return [];
    const n = city[selected.kind].id.indexOf(selected.id);
    const box = selected.kind === "cameras" ? city.boxes.id[city.cameras.box[n]] : selected.id;
    const lines = [...live.rows.values()];
    const line = lines.find((row) => row.device === selected.id) || lines.find((row) => row.device === box);
    return [line || { device: selected.id, outage: "", name: selected.id }];
  }

  function ask(name, rows) {
    const box = $("deed") || document.body.appendChild(make("dialog", "deed", null, { id: "deed", "aria-labelledby": "deed-title" }));
    const form = make("form", "deed-form");
    const said = make("p", "deed-said", rows.length ? rows.map((row) => row.name).slice(0, 4).join(", ") + (rows.length > 4 ? ` and ${rows.length - 4} more` : "") : "Choose lines of the list, or a box on the map, first.", { role: "status" });
    form.append(make("h2", "", `${DEEDS[name].label}: ${rows.length} ${rows.length === 1 ? "line" : "lines"}`, { id: "deed-title" }), said);
    for (const field of DEEDS[name].fields) {
      const label = make("label", "deed-field", FIELDS[field]);
      const input = make("input", "", null, { name: field, type: field === "minutes" ? "number" : "text", maxlength: "200" });
      if (field === "minutes") { input.min = "1"; input.max = "43200"; input.value = "120"; }
      if (field === "by") input.value = window.localStorage.getItem("gisops-name") || "";
      input.required = field !== "note" || name === "silence";
      label.append(input);
      form.append(label);
    }
    const send = make("button", "tool-button on", DEEDS[name].label, { type: "submit" });
    send.disabled = !rows.length;
    const row = make("div", "deed-row");
    row.append(button("Close", () => box.close()), send);
    form.append(row);
    form.addEventListener("submit", (event) => { event.preventDefault(); act(name, rows, form, said, send); });
    box.replaceChildren(form);
    box.showModal();
  }

  async function act(name, rows, form, said, send) {
    const values = Object.fromEntries(new FormData(form));
    window.localStorage.setItem("gisops-name", values.by);
    if (values.minutes) values.minutes = Number(values.minutes);
    send.disabled = true;
    const targets = rows.map((row) => ({ outage: row.outage, device: row.device }));
    try {
      const answer = await fetch("/data/desk", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ action: name, targets, ...values }) });
      const found = await answer.json();
      said.textContent = answer.ok ? found.done.map((one) => one.said).filter((text, n, all) => all.indexOf(text) === n).join("; ") : found.detail;
      said.className = answer.ok ? "deed-said well" : "deed-said ill";
      send.disabled = answer.ok;
    } catch (error) {
      said.textContent = "The server does not answer: nothing was written. Try again.";
      said.className = "deed-said ill";
      send.disabled = false;
    }
    look(true);
  }
  gisops.act = ask;

  let seq = -1;
  gisops.subscribe((change) => {
    if (change.kind === "mounted") { tools(); drawerTools(); look(true); }
    if (gisops.live.seq !== seq) { seq = gisops.live.seq; look(false); }
  });
  const wait = setInterval(() => { // the grid stands a little after the layout
    tools();
    drawerTools();
    if (!grid() || !$("list-wide")) return;
    clearInterval(wait);
    if (new URLSearchParams(window.location.search).get("list") === "wide") gisops.widen(true);
  }, 200);
})();
