// The brain's page: the map in the middle, the numbers beside it, both told by the same state and the same live events.

import { buildingCard, eventCard, hideCard, placeCard } from "./card.js";
import { clockRate, runClock, setClock, stopClock } from "./clock.js";
import { paintDays } from "./days.js";
import { byId, el, word } from "./dom.js";
import { paintEvents } from "./events.js";
import { keepTrue } from "./live.js";
import { paintPanels } from "./panels.js";
import { drawPins, gather, placePins } from "./pins.js";
import { chooseTier } from "./tier.js";

const body = document.body;
const still = body.dataset.still === "1";
const calm = still || matchMedia("(prefers-reduced-motion: reduce)").matches;
const wide = matchMedia("(min-width: 1100px)");
const IDLE = 60_000; // ms without a hand on the screen after which it may show what is urgent by itself
const SHOWN = 25_000; // ms that it does so
let touched = -IDLE;
let tier = chooseTier(new URLSearchParams(location.search).get("tier"));
let state = null;
let scene = null;
let spots = [];
let filter = null;
const fresh = new Set(); // refs of events that came while somebody was looking
let chosen = { event: null, place: null, at: null };

/** What the panels cover of the map, in CSS pixels. */
function margins() {
  if (!wide.matches) return { left: 16, right: 16, top: 40, bottom: 24 };
  const covered = (selector) => document.querySelector(selector).getBoundingClientRect();
  return { left: covered(".side-left").right + 36, right: innerWidth - covered(".side-right").left + 36, top: covered(".totals").bottom + 30, bottom: innerHeight - covered(".dock").top + 20 };
}

function repaint() {
  const current = chosen.event && state.events.find((e) => e.ref === chosen.event);
  if (current) eventCard(current, spotOf(current), release);
  else if (chosen.event) return release();
  paintPanels(state, setFilter);
  paintDays(state.days, { found: word("found"), closed: word("closed") }, setFilter);
  repaintEvents();
  if (!scene) return;
  spots = gather(state.events, scene.city.places);
  scene.show(spots);
  drawPins(spots, chosen.place, chooseNext);
  return follow();
}

function follow() {
  if (!scene) return;
  placePins(spots, scene.project);
  if (chosen.at) placeCard(scene.project(chosen.at), margins());
}

function repaintEvents() {
  paintEvents(state, { filter, chosen: chosen.event, fresh, onChoose: choose });
  for (const opener of document.querySelectorAll("[data-filter]")) opener.setAttribute("aria-pressed", String(opener.dataset.filter === filter?.key));
}

function setFilter(figure) {
  filter = figure && figure.key !== "open" && figure.key !== filter?.key ? figure : null;
  repaintEvents();
  byId("events-list").focus();
}

function choose(event) {
  const found = scene?.city.places.get(event.place);
  chosen = { event: event.ref, place: event.place, at: found?.properties.at ?? null };
  if (chosen.at) scene.fly(chosen.at);
  repaint();
}

/** A pin of several events shows one after the other. */
function chooseNext(spot) {
  const known = spot.events.findIndex((e) => e.ref === chosen.event);
  choose(spot.events[(known + 1) % spot.events.length]);
}

function spotOf(event) {
  const events = state.events.filter((e) => e.open && e.place === event.place);
  return { number: events.findIndex((e) => e.ref === event.ref) + 1, of: events.length };
}

function pick(feature) {
  if (!feature) return release();
  const name = (id) => scene.city.places.get(id)?.properties.label;
  chosen = { event: null, place: feature.id, at: feature.properties.at };
  buildingCard(feature, name(feature.properties.committee), name(feature.properties.grid), release);
  return repaint();
}

function release() {
  chosen = { event: null, place: null, at: null };
  hideCard();
  if (state) repaint();
}

function paintLayer(key) {
  for (const button of document.querySelectorAll("[data-layer]")) button.setAttribute("aria-pressed", String(button.dataset.layer === key));
  const scale = scene.paint(key);
  const [from, , to] = byId("ramp").children;
  from.textContent = scale.length ? String(scale[0][0]) : "";
  to.textContent = scale.length ? String(scale.at(-1)[0]) : "";
}

/** Shows an urgent event on a screen that nobody is using, and goes back after a while. */
function attend(event) {
  if (calm || event.urgency !== "urgent" || performance.now() - touched < IDLE) return;
  choose(event);
  setTimeout(() => { if (chosen.event === event.ref && performance.now() - touched >= IDLE) { release(); scene?.home(); } }, SHOWN);
}

async function loadCity() {
  try {
    const answer = await fetch(body.dataset.city);
    if (!answer.ok) throw new Error(answer.statusText);
    await drawScene(await answer.json());
  } catch (reason) {
    console.warn("brain: the ground did not come, asking again:", reason.message);
    setTimeout(loadCity, 10_000);
  }
}

async function drawScene(geojson) {
  const given = { host: byId("map"), geojson, tier, calm, title: byId("scene").getAttribute("aria-label"), margins, onMove: follow, onPick: pick };
  byId("no-city").hidden = geojson.features.length > 0;
  if (!geojson.features.length) return;
  try {
    if (tier === "flat") throw new Error("flat");
    scene = (await import("./city.js")).drawCity(given);
    await scene.ready;
  } catch (reason) {
    if (tier !== "flat") console.warn("brain: the flat map is used,", reason.message);
    tier = "flat";
    byId("map").replaceChildren();
    document.head.append(el("link", { rel: "stylesheet", href: new URL("../vendor/leaflet-1.9.4/leaflet.css", import.meta.url).href }));
    scene = (await import("./flat.js")).drawFlat(given);
  }
  body.dataset.tier = tier;
  paintLayer("n");
  if (state) repaint();
  body.dataset.ready = "1";
}

function onState(next) {
  const first = state === null;
  state = next;
  setClock(Date.parse(next.at), next.rate);
  if (first) {
    if (still) stopClock();
    runClock(byId("clock"), byId("day"), document.documentElement.lang);
  }
  byId("rate").hidden = clockRate() === 1;
  byId("rate").textContent = word("rate", { n: clockRate() });
  repaint();
}

/** A live message puts its event on the page at once; the numbers follow with the next state. */
function onEvent(event) {
  if (!state) return;
  const known = state.events.findIndex((e) => e.ref === event.ref);
  if (event.gone) state.events = state.events.filter((e) => e.ref !== event.ref);
  else if (known >= 0) state.events[known] = { ...state.events[known], ...event };
  else if (event.found_at) {
    state.events.unshift(event);
    fresh.add(event.ref);
    setTimeout(() => fresh.delete(event.ref), 10_000);
    attend(event);
    byId("announce").append(el("span", {}, `${event.urgency_label} ${event.field_label} ${event.place_label} `));
  }
  repaint();
}

function onLink(link) {
  const at = byId("link");
  if (at.dataset.link === link) return;
  at.dataset.link = link;
  at.lastElementChild.textContent = word(`link_${link}`);
  if (link === "out") location.reload();
}

body.dataset.tier = tier;
for (const button of document.querySelectorAll("[data-layer]")) button.addEventListener("click", () => scene && paintLayer(button.dataset.layer));
byId("home").addEventListener("click", () => { release(); scene?.home(); });
byId("events-all").addEventListener("click", () => setFilter(null));
addEventListener("keydown", (event) => { if (event.key === "Escape") release(); });
addEventListener("resize", follow);
keepTrue({ stateUrl: body.dataset.state, liveUrl: body.dataset.live, still, onState, onEvent, onLink });
loadCity();
if (!still) setInterval(() => state && repaintEvents(), 10_000);
for (const kind of ["pointerdown", "keydown", "wheel"]) addEventListener(kind, () => { touched = performance.now(); }, { passive: true });
