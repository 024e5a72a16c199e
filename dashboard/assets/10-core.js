/* What the page knows: the city once, the network now, and how fresh that is.
   Holds no drawing: panels and canvases subscribe and are told what changed. */
(function () {
  "use strict";

  const gisops = (window.gisops = window.gisops || {});
  const STATES = ["up", "degraded", "down", "unreachable", "maintenance", "unknown"];
  const UNKNOWN = 5;
  const POLL_EVERY_MS = 3000; // over HTTP, while the stream is broken
  const LATE_S = 5; // without a message, after which it counts as broken

  gisops.STATES = STATES;
  gisops.SEVERITY = [0, 3, 5, 4, 1, 2]; // by state code; what a group of devices is shown as
  gisops.isLost = (code) => code === 2 || code === 3;
  gisops.city = null;
  gisops.map = null;
  gisops.district = -1;
  gisops.selected = null;
  gisops.fresh = "connecting";
  gisops.blank = () => ({
    seq: -1, codes: new Uint8Array(0), since: [], reasons: new Map(), dark: new Map(), rows: new Map(),
    tally: null, services: null, heartbeat: null, trouble: null, resyncs: 0, fulls: 0,
  });

  const live = gisops.blank(); // the present; what is shown is gisops.live, which may be a past moment
  gisops.live = live;
  const listeners = [];
  let waiting = [];
  let heardAt = performance.now();
  let linked = true;
  let clockAhead = 0; // server clock minus ours, in seconds
  let resyncing = false;
  let mounted = false;
  let painted = new Uint8Array(0);

  gisops.subscribe = (listener) => listeners.push(listener);
  gisops.linked = () => linked;
  gisops.realNow = () => Date.now() / 1000 + clockAhead;
  gisops.pastAt = null; // seconds of the epoch of the past moment that is shown
  gisops.now = () => (gisops.pastAt === null ? gisops.realNow() : gisops.pastAt);

  function tell(change) {
    for (const listener of listeners) listener(change);
  }

  /* Hand a component new properties, only where they differ from the last ones. */
  const last = new Map();
  gisops.put = (id, props) => {
    const text = JSON.stringify(props);
    if (!mounted || last.get(id) === text) return;
    last.set(id, text);
    window.dash_clientside.set_props(id, props);
  };

  /* What the map shows for a device since its last paint; null for an unknown id. */
  gisops.stateOf = (id) => {
    const number = gisops.numberOf ? gisops.numberOf.get(id) : undefined;
    if (number === undefined || number >= painted.length) return null;
    return {
      state: STATES[painted[number]],
      reason: gisops.live.reasons.get(number) || "",
      stale: gisops.fresh !== "live",
      seq: gisops.paintedSeq,
    };
  };
  gisops.markPainted = () => {
    painted = gisops.live.codes.slice();
    gisops.paintedSeq = gisops.live.seq;
    gisops.paintedAt = gisops.paintedAt || performance.now();
    window.dispatchEvent(new CustomEvent("gisops:painted", { detail: { seq: gisops.live.seq, at: Date.now() } }));
  };

  // ---- messages -------------------------------------------------------------------------

  gisops.applyFull = (view, message) => {
    view.codes = Uint8Array.from(message.codes, (digit) => Number(digit));
    view.since = message.since;
    view.reasons = new Map(Object.entries(message.reasons).map(([k, v]) => [Number(k), v]));
    view.dark = new Map(Object.entries(message.dark).map(([k, v]) => [Number(k), v]));
    view.rows = new Map(message.rows.map((row) => [row.id, row]));
    view.tally = message.tally;
    view.services = message.services;
    view.fulls += 1;
  };

  gisops.applyDelta = (view, message) => {
    if (!message.changed) return;
    for (const [number, code, since, reason, dark] of message.changed) {
      view.codes[number] = code;
      view.since[number] = since;
      if (reason) view.reasons.set(number, reason);
      else view.reasons.delete(number);
      if (dark) view.dark.set(number, dark);
      else view.dark.delete(number);
    }
    for (const id of message.gone) view.rows.delete(id);
    for (const row of message.rows) view.rows.set(row.id, row);
    view.tally = message.tally;
    view.services = message.services;
  };

  function applyFull(message) {
    if (message.city !== gisops.city.version) {
      window.location.reload(); // another inventory: nothing on this page can be trusted
      return;
    }
    gisops.applyFull(live, message);
  }

  /* Show a past moment instead of the present; null shows the present again. */
  gisops.show = (view, at) => {
    gisops.live = view || live;
    gisops.pastAt = view ? at : null;
    tell({ kind: "full", changed: null, beat: false });
  };

  function take(message) {
    heardAt = performance.now();
    clockAhead = message.now - Date.now() / 1000;
    if (message.kind === "trouble") {
      live.trouble = message.text;
      return refreshAge();
    }
    live.trouble = null;
    if (message.kind === "full") applyFull(message);
    else if (message.from > live.seq || live.seq < 0) return resync();
    else if (message.seq < live.seq) return undefined; // older than what we hold
    else gisops.applyDelta(live, message);
    const beat = message.heartbeat !== live.heartbeat;
    live.seq = message.seq;
    live.heartbeat = message.heartbeat;
    refreshAge();
    window.dispatchEvent(new CustomEvent("gisops:present", { detail: { kind: message.kind, rows: live.rows } }));
    if (gisops.live === live) tell({ kind: message.kind, changed: message.changed || null, moved: message.moved || null, beat });
    return undefined;
  }

  async function resync() {
    if (resyncing) return;
    resyncing = true;
    try {
      const answer = await fetch("/data/live.json", { cache: "no-store" });
      if (!answer.ok) return;
      live.resyncs += 1;
      take(await answer.json());
    } catch (error) {
      // The server is away: the banner says so and the next turn tries again.
    } finally {
      resyncing = false;
    }
  }

  // ---- freshness ------------------------------------------------------------------------

  function freshness() {
    if (!gisops.city || live.seq < 0) return "connecting";
    const quiet = (performance.now() - heardAt) / 1000;
    if (live.trouble) return "trouble";
    if (!linked && quiet > LATE_S) return "broken";
    if (quiet > gisops.city.silent_after_s) return "broken";
    if (live.heartbeat === null) return "unpolled";
    return gisops.realNow() - live.heartbeat > gisops.city.stale_after_s ? "old" : "live";
  }

  function refreshAge() {
    const fresh = freshness();
    const turned = fresh !== gisops.fresh;
    gisops.fresh = fresh;
    document.documentElement.dataset.fresh = fresh;
    if (turned) tell({ kind: "freshness", changed: null, beat: false });
  }

  /* While the stream is silent the whole state is fetched instead, and once the server answers the page
     speaks over its websocket, which makes the renderer open a new one without waiting out its pause. */
  let nudges = 0;
  async function mend() {
    if (!gisops.city || (linked && performance.now() - heardAt < LATE_S * 1000)) return;
    const before = live.fulls;
    await resync();
    if (live.fulls > before && !linked) window.dash_clientside.set_props("stream-nudge", { data: ++nudges });
  }

  setInterval(() => { refreshAge(); tell({ kind: "tick", changed: null, beat: false }); }, 1000);
  setInterval(mend, POLL_EVERY_MS);

  // ---- start ----------------------------------------------------------------------------

  function number(city) {
    gisops.numberOf = new Map();
    city.boxes.id.forEach((id, n) => gisops.numberOf.set(id, n));
    city.cameras.id.forEach((id, n) => gisops.numberOf.set(id, city.boxes.id.length + n));
    live.codes = new Uint8Array(gisops.numberOf.size).fill(UNKNOWN);
    gisops.devicesOfSite = city.sites.id.map(() => ({ boxes: [], cameras: [] }));
    city.boxes.site.forEach((site, n) => site !== null && gisops.devicesOfSite[site].boxes.push(n));
    city.cameras.site.forEach((site, n) => site !== null && gisops.devicesOfSite[site].cameras.push(n));
  }

  fetch("/data/city.json")
    .then((answer) => answer.json())
    .then((city) => {
      number(city);
      gisops.city = city;
      tell({ kind: "city", changed: null, beat: false });
      waiting.forEach(take);
      waiting = [];
    })
    .catch((error) => console.error("/data/city.json: cannot be read: reload the page", error));

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.gisops = {
    /* Called once, when the layout stands. */
    receive() {
      if (mounted) return live.seq;
      mounted = true;
      tell({ kind: "mounted", changed: null, beat: false });
      const place = document.getElementById("stream");
      const read = () => {
        const text = place.getAttribute("data-message");
        if (!text) return;
        const message = JSON.parse(text);
        if (!gisops.city) return void waiting.push(message);
        take(message);
        window.dash_clientside.set_props("stream-ack", { data: live.seq });
      };
      new MutationObserver(read).observe(place, { attributes: true, attributeFilter: ["data-message"] });
      read();
      return live.seq;
    },
    link(running) {
      linked = running !== false;
      if (linked) heardAt = performance.now();
    },
  };
})();
