// The card beside a chosen place: an event in its few words, or a building with what may be said of it.

import { shortTime } from "./clock.js";
import { byId, el, swap, word } from "./dom.js";
import { timing } from "./events.js";

const line = (label, value) => (value ? el("div", {}, el("dt", {}, label), el("dd", {}, value)) : null);

/** `spot`: which of the open events of its place it is, and how many there are. */
export function eventCard(event, spot, onClose) {
  const time = timing(event);
  const among = spot.number && spot.of > 1 ? ` · ${spot.number}/${spot.of}` : "";
  show(`is-${event.urgency}`, JSON.stringify([event, time, spot]), [
    heading(event.field_label, event.urgency_label + among, onClose),
    el("dl", {},
      line(word("where"), `${event.place_label}${event.committee_label ? ` · ${event.committee_label}` : ""}`),
      line(word("found"), shortTime(event.found_at)),
      line(word("state"), event.state_label),
      line(word("as_of"), event.as_of ? shortTime(event.as_of) : null)),
    el(`p.card-timing${time.kind ? `.is-${time.kind}` : ""}`, {}, time.text),
    event.href ? el("a.card-link", { href: event.href }, word("on_desk")) : null,
  ]);
}

export function buildingCard(feature, committee, grid, onClose) {
  const p = feature.properties;
  show("is-building", JSON.stringify([feature.id, p]), [
    heading(p.label, "", onClose),
    el("dl", {}, line(word("committee"), committee), line(word("grid"), grid),
      line(word("floors"), p.f ? String(p.f) : null), line(word("homes"), p.homes)),
  ]);
}

function heading(title, mark, onClose) {
  return el("header", {}, el("h3", {}, title), mark ? el("span.card-mark", {}, mark) : null,
    el("button.card-close", { "data-key": "close", "aria-label": word("close"), onclick: onClose }, "×"));
}

function show(kind, signature, children) {
  const card = byId("card");
  card.className = `card ${kind}`;
  swap(card, children.filter(Boolean), signature);
  card.hidden = false;
}

export function hideCard() {
  byId("card").hidden = true;
}

/** Keeps the card above its point and inside the free part of the map. */
export function placeCard(point, margins) {
  const card = byId("card");
  if (card.hidden || !point) return;
  const { clientWidth: wide, clientHeight: high } = card.parentElement;
  const x = Math.min(Math.max(point[0] + 26, margins.left), wide - margins.right - card.offsetWidth);
  const y = Math.min(Math.max(point[1] - card.offsetHeight - 14, margins.top), high - margins.bottom - card.offsetHeight);
  card.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
}
