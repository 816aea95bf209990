// The list of events: what is open first, each row a button that shows its place on the map.

import { now, shortTime } from "./clock.js";
import { byId, el, swap, word } from "./dom.js";

/** A length of time in its two units that matter, in the page's words. */
export function span(ms) {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  const [d, h, m] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  if (d) return word("days", { n: d }) + (h ? ` ${word("hours", { n: h })}` : "");
  if (h) return m && h < 6 ? word("hours_minutes", { h, m }) : word("hours", { n: h });
  return word("minutes", { n: m });
}

/** What the clock says of an event: late by how long, or how long is left, or when it was closed. */
export function timing(event) {
  if (event.closed_at) return { kind: "done", text: word("closed_at", { at: shortTime(event.closed_at) }) };
  if (!event.due_at) return { kind: "", text: "" };
  const left = Date.parse(event.due_at) - now();
  return left < 0 ? { kind: "overdue", text: word("late_by", { span: span(left) }) } : { kind: "", text: word("left", { span: span(left) }) };
}

/** `filter` is the number that was pressed, `chosen` the ref on the map, `fresh` the refs that have just come. */
export function paintEvents(state, { filter, chosen, fresh, onChoose }) {
  const rows = state.events.filter((e) => e.in.includes(filter?.key ?? "open"));
  const draw = (e) => {
    const time = timing(e);
    return el("li", {}, el(`button.event.is-${e.urgency}${e.open ? "" : ".is-done"}${e.ref === chosen ? ".is-chosen" : ""}${fresh.has(e.ref) ? ".is-fresh" : ""}`,
      { "data-key": e.ref, "aria-pressed": String(e.ref === chosen), onclick: () => onChoose(e) },
      el("span.event-urgency", {}, e.urgency_label), el("span.event-where", {}, e.place_label, el("i", {}, e.committee_label)),
      el("span.event-what", {}, el("time", { datetime: e.found_at }, shortTime(e.found_at)), ` · ${e.state_label} · ${e.field_label}`),
      el(`span.event-timing${time.kind ? `.is-${time.kind}` : ""}`, {}, time.text)));
  };
  const minute = Math.floor(now() / 60_000);
  swap(byId("events-list"), rows.map(draw), JSON.stringify([rows, chosen, minute, [...fresh]]));
  byId("events-note").textContent = filter ? `${filter.label} · ${rows.length}` : word("events_note", { open: state.open, late: state.late });
  byId("events-all").hidden = !filter;
  byId("calm").hidden = Boolean(filter) || rows.length > 0;
  byId("none").hidden = !filter || rows.length > 0;
  byId("calm-since").textContent = state.calm_since ? word("calm_since", { at: shortTime(state.calm_since) }) : word("calm_never");
}
