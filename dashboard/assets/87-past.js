/* The time slider: the map at a past minute, standing still or playing, with a mark that none takes it for now.
   A stretch of the past is fetched as one whole state and its differences, and played here without the server. */
(function () {
  "use strict";

  const gisops = window.gisops;
  const FRAME_MS = 100;
  const STEP_MS = 250; // of playing time that one difference covers
  const AHEAD_S = 12; // of playing time in one stretch
  const past = { view: null, at: null, speed: 60, playing: false, stretch: null, next: null, done: 0, asked: 0, bounds: null, span: 86400 };
  let range = null;
  let pick = null;
  let timer = null;
  let soon = null;

  gisops.past = past;
  const $ = (id) => document.getElementById(id);

  async function ask(at, speed) {
    const step = Math.max(1, (speed * STEP_MS) / 1000);
    const until = Math.min(gisops.realNow(), at + Math.max(60, speed * AHEAD_S));
    const answer = await fetch(`/data/past.json?at=${at}&until=${Math.max(at, until)}&step=${step}`, { cache: "no-store" });
    if (!answer.ok) throw new Error((await answer.json()).detail);
    return answer.json();
  }

  function begin(stretch) {
    const view = gisops.blank();
    gisops.applyFull(view, stretch.full);
    view.seq = stretch.full.seq;
    view.heartbeat = stretch.full.heartbeat;
    Object.assign(past, { view, stretch, done: 0, next: null });
  }

  /* Bring what is shown to a time inside the stretch at hand. */
  function advance() {
    const { deltas } = past.stretch;
    while (past.done < deltas.length && deltas[past.done].at <= past.at) {
      gisops.applyDelta(past.view, deltas[past.done].message);
      past.view.seq = deltas[past.done].message.seq;
      past.done += 1;
    }
  }

  async function seek(at, keepPlaying) {
    const now = gisops.realNow();
    past.at = Math.min(at, now - 1);
    if (!keepPlaying) pause();
    const mine = ++past.asked;
    mark("…");
    try {
      const stretch = await ask(past.at, past.speed);
      if (mine !== past.asked || !open()) return;
      begin(stretch);
      show();
    } catch (error) {
      if (mine === past.asked) mark(`cannot be shown: ${error.message}`);
      pause();
    }
  }

  function show() {
    gisops.show(past.view, past.at);
    mark("");
    tidy();
  }

  // ---- playing --------------------------------------------------------------------------

  let last = 0;
  async function fetchNext(from) {
    past.next = past.next || ask(from, past.speed).catch((error) => { past.next = null; throw error; });
    return past.next;
  }

  async function frame() {
    const now = performance.now();
    const passed = (now - last) / 1000;
    last = now;
    if (!past.playing || !past.stretch) return;
    const before = past.at;
    past.at = Math.min(past.at + passed * past.speed, past.stretch.until);
    const left = past.stretch.until - past.at;
    if (left < past.speed * AHEAD_S * 0.5 && past.stretch.until < gisops.realNow() - 2) fetchNext(past.stretch.until).catch(() => { /* asked again when it is needed */ });
    const done = past.done;
    advance();
    if (left <= 0) {
      if (past.stretch.until >= gisops.realNow() - 2) return live();
      const mine = ++past.asked;
      past.playing = false; // time stands until the next stretch is here
      try {
        const stretch = await fetchNext(past.stretch.until);
        if (mine !== past.asked || !open()) return undefined;
        begin(stretch);
        past.playing = true;
        last = performance.now();
      } catch (error) {
        return mark(`cannot be shown: ${error.message}`);
      }
      return show();
    }
    gisops.pastAt = past.at;
    if (past.done !== done) gisops.show(past.view, past.at);
    if (Math.floor(before) !== Math.floor(past.at)) { mark(""); tidy(); }
    return undefined;
  }
  function play() {
    if (!past.stretch) return;
    past.playing = true;
    past.next = null;
    last = performance.now();
    timer = timer || setInterval(frame, FRAME_MS);
    button();
  }
  function pause() {
    past.playing = false;
    clearInterval(timer);
    timer = null;
    button();
  }
  function button() {
    const icon = document.querySelector("#past-play .icon");
    if (icon) icon.className = `icon icon-${past.playing ? "pause" : "play"}`;
    if ($("past-play")) $("past-play").setAttribute("aria-label", past.playing ? "Pause" : "Play");
  }

  // ---- open and closed ------------------------------------------------------------------

  const open = () => document.documentElement.dataset.past === "on";

  async function enter(at) {
    if (!gisops.city) return;
    controls();
    document.documentElement.dataset.past = "on";
    try {
      const answer = await fetch("/data/past-bounds.json", { cache: "no-store" });
      if (!answer.ok) throw new Error((await answer.json()).detail);
      past.bounds = await answer.json();
    } catch (error) {
      mark(`cannot be shown: ${error.message}`);
      return;
    }
    past.speed = Number($("past-speed").value) || 60;
    past.span = Number($("past-span").value) || 86400;
    await seek(at === undefined ? gisops.realNow() - Math.min(past.span / 4, 900) : at);
  }
  function live() {
    pause();
    past.asked += 1;
    Object.assign(past, { view: null, stretch: null, next: null, at: null });
    document.documentElement.dataset.past = "";
    gisops.note("at", null);
    if ($("past-mark")) $("past-mark").textContent = "";
    gisops.show(null);
  }
  gisops.goPast = enter;
  gisops.goLive = live;

  function mark(trouble) {
    const place = $("past-mark");
    if (!place || past.at === null) return;
    const unasked = past.stretch && past.stretch.unasked_since !== null ? " · nobody asked the devices then: nothing is known" : "";
    place.textContent = trouble === "…" ? `Past · ${gisops.localTime(past.at)} …` : trouble ? `Past · ${trouble}` : `Past · ${gisops.localTime(past.at)} · ${gisops.utcTime(past.at)}${unasked}`;
    place.classList.toggle("trouble", Boolean(trouble && trouble !== "…") || Boolean(unasked));
    $("past-time").textContent = gisops.localTime(past.at);
  }

  /* Slider, picker and address follow the time that is shown. */
  function tidy() {
    const now = gisops.realNow();
    const end = past.at >= now - past.span ? now : past.at + past.span / 2;
    Object.assign(range, { min: String(Math.round(end - past.span)), max: String(Math.round(end)), step: String(Math.max(1, Math.round(past.span / 3600))) });
    if (document.activeElement !== range || past.playing) range.value = String(Math.round(past.at));
    range.setAttribute("aria-valuetext", gisops.localTime(past.at));
    if (document.activeElement !== pick) pick.value = localText(past.at);
    clearTimeout(soon);
    soon = setTimeout(() => { if (past.at !== null) gisops.note("at", new Date(past.at * 1000).toISOString().slice(0, 19) + "Z"); }, 250);
  }

  // ---- the clock of the city in a picker ------------------------------------------------

  const parts = (seconds) => Object.fromEntries(new Intl.DateTimeFormat("en-CA", { timeZone: gisops.city.time_zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" })
    .formatToParts(new Date(seconds * 1000)).map(({ type, value }) => [type, value]));
  function localText(seconds) {
    const p = parts(seconds);
    return `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}:${p.second}`;
  }
  function fromLocal(text) {
    const wanted = Date.parse(`${text.length === 16 ? `${text}:00` : text}Z`) / 1000;
    const offset = Date.parse(`${localText(wanted)}Z`) / 1000 - wanted; // of the zone, near that time
    return wanted - offset;
  }

  function controls() {
    if (range) return;
    range = gisops.element("input", "", null, { type: "range", "aria-label": "Time" });
    pick = gisops.element("input", "", null, { type: "datetime-local", step: "1", "aria-label": "Date and time in the city" });
    $("past-range").append(range);
    $("past-pick").append(pick);
    $("past-speed").value = String(past.speed);
    $("past-span").value = String(past.span);
    let drag = null;
    range.addEventListener("input", () => { clearTimeout(drag); drag = setTimeout(() => seek(Number(range.value), past.playing), 90); });
    pick.addEventListener("change", () => { if (pick.value) seek(fromLocal(pick.value)); });
  }
  document.addEventListener("change", (event) => {
    if (event.target.id === "past-speed") { past.speed = Number(event.target.value); if (past.at !== null) seek(past.at, past.playing); }
    if (event.target.id === "past-span") { past.span = Number(event.target.value); if (past.at !== null) tidy(); }
  });
  document.addEventListener("click", (event) => {
    const control = event.target.closest && event.target.closest("[data-past]");
    if (!control || control === document.documentElement) return;
    if (control.dataset.past === "open") enter();
    else if (control.dataset.past === "live") live();
    else if (control.dataset.past === "play") (past.playing ? pause : play)();
  });

  let opened = false;
  gisops.subscribe((change) => {
    if (opened || change.kind !== "full") return;
    opened = true;
    const at = Date.parse(new URLSearchParams(window.location.search).get("at") || "");
    if (!Number.isNaN(at)) enter(at / 1000);
  });
})();
