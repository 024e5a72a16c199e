/* One outage from beginning to end, at an address of its own: /case/ID. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const make = gisops.element;
  let shown = null;

  function section(title, ...children) {
    const part = make("section", "detail-section");
    part.append(make("h3", null, title), ...children);
    return part;
  }
  function odds(causes) {
    const box = make("div", "odds");
    for (const { label, p } of causes) {
      const line = make("div", "odds-row");
      const bar = make("span", "odds-bar");
      const filled = make("span");
      filled.style.width = `${100 * p}%`;
      bar.append(filled);
      line.append(make("span", null, label), bar, make("span", "num", `${Math.round(100 * p)} %`));
      box.append(line);
    }
    return box;
  }
  function when(seconds) {
    const time = make("button", "chip", gisops.localTime(seconds), { title: `${gisops.utcTime(seconds)}: show the map as it was`, "data-case-at": String(seconds) });
    return time;
  }

  function draw(found) {
    const panel = document.getElementById("case");
    const head = make("div", "detail-head");
    head.append(make("h2", null, found.title), make("div", "sub", `Case ${found.id}`));
    const evidence = make("ul", "evidence");
    evidence.append(...found.evidence.map(({ text, weight_db: weight }) => {
      const line = make("li", null, text);
      line.append(make("span", "num muted", `${weight.toFixed(1)} dB`));
      return line;
    }));
    const times = make("dl", "pairs");
    for (const [name, seconds] of found.times) {
      const value = make("dd");
      value.append(seconds === null ? make("span", "muted", "it lasts") : when(seconds));
      times.append(make("dt", null, name), value);
    }
    const events = make("ol", "events");
    events.append(...found.events.map(({ at, text }) => {
      const line = make("li");
      line.append(make("time", null, gisops.localTime(at), { title: gisops.utcTime(at) }), make("span", null, text));
      return line;
    }));
    const bundle = make("a", "chip", "Export bundle (ZIP)", { href: `/data/case/${encodeURIComponent(found.id)}.zip`, download: "" });
    const link = make("button", "chip", "Copy link", { "data-case-link": "" });
    const chips = make("div", "chips");
    chips.append(bundle, link);
    const members = make("div", "chips");
    members.append(...found.members.map(({ id, kind }) => make("button", "chip", id, { "data-jump": `${kind}:${id}` })));
    panel.replaceChildren(head, chips, section("When", times), section("Cause", odds(found.causes)), section("Evidence", found.evidence.length ? evidence : make("p", "nothing", "none")),
      section(`Devices (${found.members.length})`, members), section(`Events (${found.event_count})`, events));
  }

  async function open(id) {
    const panel = document.getElementById("case");
    if (!panel || !gisops.city || gisops.live.seq < 0 || shown === id) return;
    shown = id;
    panel.replaceChildren(make("p", "nothing", "Reading the case …"));
    try {
      const answer = await fetch(`/data/case/${encodeURIComponent(id)}.json`, { cache: "no-store" });
      if (!answer.ok) throw new Error((await answer.json()).detail);
      const found = await answer.json();
      if (shown !== id) return;
      draw(found);
      if (found.box) gisops.fit([[found.box[0], found.box[1]], [found.box[2], found.box[3]]], 15);
      if (!new URLSearchParams(window.location.search).has("at")) gisops.goPast(found.look_at);
    } catch (error) {
      panel.replaceChildren(make("p", "nothing", `The case cannot be shown: ${error.message}`));
    }
  }

  document.addEventListener("click", (event) => {
    const time = event.target.closest && event.target.closest("[data-case-at]");
    if (time) gisops.goPast(Number(time.dataset.caseAt));
    const link = event.target.closest && event.target.closest("[data-case-link]");
    if (link && navigator.clipboard) navigator.clipboard.writeText(window.location.href).then(() => { link.textContent = "Copied"; }, () => { link.textContent = window.location.href; });
  });
  gisops.onRoom((room) => {
    if (room === "case") open(gisops.caseId);
    else if (shown !== null) { shown = null; gisops.goLive(); }
  });
  gisops.subscribe((change) => { if (gisops.room === "case" && (change.kind === "full" || change.kind === "city")) open(gisops.caseId); });
})();
