// Seven days of found and closed: each day a button with its two bars, opening what was found or closed on it.

import { byId, el, swap } from "./dom.js";

const HIGH = 62;

export function paintDays(days, words, onFilter) {
  const most = Math.max(4, ...days.flatMap((d) => [d.found, d.closed]));
  const bar = (n, x, kind) => {
    const tall = Math.max(n ? 2 : 0, (HIGH * n) / most);
    return [
      el(`rect.days-${kind}`, { x, y: HIGH + 14 - tall, width: 11, height: tall, rx: 2 }),
      el("text", { x: x + 5.5, y: HIGH + 10 - tall, "text-anchor": "middle" }, n ? String(n) : ""),
    ];
  };
  const column = (d) => {
    const told = `${words.found} ${d.found} · ${words.closed} ${d.closed}`;
    const label = `${d.day} · ${told}`;
    return el("li", {}, el("button.opens", { "data-key": d.key, "data-filter": d.key, title: label, onclick: () => onFilter({ key: d.key, label }) },
      el("svg", { viewBox: `0 0 30 ${HIGH + 15}`, "aria-hidden": "true" }, el("line.days-line", { x1: 0, x2: 30, y1: HIGH + 14.5, y2: HIGH + 14.5 }),
        bar(d.found, 3, "found"), bar(d.closed, 16, "closed")),
      el("span", {}, d.day), el("span.unseen", {}, told)));
  };
  swap(byId("days"), days.map(column), JSON.stringify(days));
}
