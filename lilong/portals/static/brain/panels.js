// The panels beside the map: every number is a link or button that opens the list behind it.

import { shortTime } from "./clock.js";
import { byId, el, swap, word } from "./dom.js";

const shown = (n) => n.toLocaleString("en-US");

/** A number with the list behind it: a link to the desk where the viewer has one, else a filter of the events. */
function number(figure, onFilter, ...inside) {
  const bare = inside.length < 2; // a number by itself is given its words for whoever hears it
  const content = inside.length ? inside : [el("b.number", {}, shown(figure.count))];
  const label = bare ? `${figure.label} ${shown(figure.count)}` : null;
  if (figure.href) return el("a.opens", { href: figure.href, "data-key": figure.key, "aria-label": label }, content);
  return el("button.opens", { "data-key": figure.key, "data-filter": figure.key, "aria-label": label, onclick: () => onFilter(figure) }, content);
}

export function paintPanels(state, onFilter) {
  byId("place").textContent = state.place;
  paint("totals", state.totals, (t) => el("li", {}, el("b.number", {}, t.text), el("span", {}, t.label)));
  paint("now", state.now, (f) => el(`li.figure.is-${f.key}${f.count ? "" : ".is-zero"}`, {},
    number(f, onFilter, el("b.number", {}, shown(f.count)), el("span", {}, f.label))));
  paint("chain", state.chain, (f) => el("li", {}, number(f, onFilter, el("b.number", {}, shown(f.count)), el("span", {}, f.label))));
  const most = Math.max(1, ...state.fields.map((f) => f.count));
  paint("fields", state.fields, (f) => el("li", {}, number(f, onFilter,
    el("span.bar-label", {}, f.label), bar(f.count / most, f.late / most), el("b.number", {}, shown(f.count)))));
  const heaviest = Math.max(1, ...state.committees.map((c) => c.open.count));
  paint("committees", state.committees, (c) => el("li", {},
    el("span.committee-name", {}, c.label), el("span.committee-people", { title: word("residents") }, c.residents),
    bar(c.open.count / heaviest, c.late.count / heaviest),
    number(c.open, onFilter), number(c.late, onFilter, el(`b.number${c.late.count ? ".is-late" : ""}`, {}, shown(c.late.count)))));
  paintSensors(state.sensors);
}

function paint(id, rows, draw) {
  swap(byId(id), rows.map(draw), JSON.stringify(rows));
}

/** A bar of two parts: all, and within it the late ones. Drawn as SVG, whose lengths are attributes. */
function bar(all, late) {
  const rect = (kind, part) => el(`rect.bar-${kind}`, { width: `${Math.max(0, part * 100)}%`, height: "100%", rx: 3 });
  return el("svg.bar", { "aria-hidden": "true" }, rect("track", 1), rect("all", all), rect("late", late));
}

function paintSensors(s) {
  byId("sensors-note").textContent = word("sensors_note", { n: shown(s.total) });
  const part = s.total ? s.online / s.total : 0;
  swap(byId("sensors"), [
    el("p.sensors-online", {}, el("b.number", {}, shown(s.online)), el("span", {}, word("online")),
      s.silent ? el("span.sensors-silent", {}, word("silent", { n: shown(s.silent) })) : null),
    bar(part, 0),
    el("ul.as-of", {}, s.as_of.map((a) => el("li", {}, el("span", {}, a.label), el("b", {}, a.at ? shortTime(a.at) : "—")))),
  ], JSON.stringify(s));
}
