// Pins above the beams: one a place, with the count and the shape of its most urgent event.

import { RANK } from "./colours.js";
import { byId, el } from "./dom.js";

const SHAPES = {
  urgent: "M16 1 30 9v14L16 31 2 23V9z", // a shape for each urgency: colour is never alone
  watch: "M16 1 31 16 16 31 1 16z",
  normal: "M16 2a14 14 0 1 1 0 28 14 14 0 0 1 0-28z",
};

/** Open events gathered by place: [{place, at, building, urgency, events}], most urgent last so that it lies on top. */
export function gather(events, places) {
  const spots = new Map();
  for (const event of events) {
    const found = event.open && places.get(event.place);
    if (!found) continue;
    const spot = spots.get(event.place) ?? { place: event.place, at: found.properties.at, building: found.properties.kind === "building", urgency: event.urgency, events: [] };
    spot.events.push(event);
    if (RANK[event.urgency] < RANK[spot.urgency]) spot.urgency = event.urgency;
    spots.set(event.place, spot);
  }
  return [...spots.values()].sort((a, b) => RANK[b.urgency] - RANK[a.urgency]);
}

/** Draws the pins; `onChoose(spot)` on a click. The list is the keyboard's way, so pins stay out of the tab order. */
export function drawPins(spots, chosen, onChoose) {
  const host = byId("pins");
  const known = new Map([...host.children].map((pin) => [pin.dataset.place, pin]));
  const kept = spots.map((spot) => {
    const pin = known.get(String(spot.place)) ?? el("button.pin.is-new", { tabindex: -1, "data-place": spot.place });
    const signature = `${spot.urgency}${spot.events.length}`;
    if (pin.dataset.signature !== signature) {
      pin.replaceChildren(
        el("svg", { viewBox: "0 0 32 32" }, el("path", { d: SHAPES[spot.urgency] })),
        el("b", {}, spot.events.length > 1 ? String(spot.events.length) : spot.urgency === "urgent" ? "!" : ""),
      );
      pin.dataset.signature = signature;
    }
    pin.classList.remove("is-urgent", "is-watch", "is-normal");
    pin.classList.add(`is-${spot.urgency}`);
    pin.classList.toggle("is-chosen", spot.place === chosen);
    pin.onclick = () => onChoose(spot);
    return pin;
  });
  host.replaceChildren(...kept);
}

/** Puts each pin where the map now shows its place. */
export function placePins(spots, project) {
  const pins = byId("pins").children;
  spots.forEach((spot, i) => {
    const at = project(spot.at);
    pins[i].hidden = !at;
    if (at) pins[i].style.transform = `translate(${at[0].toFixed(1)}px, ${at[1].toFixed(1)}px)`;
  });
}
