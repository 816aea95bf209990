// Building elements without a library: text is always set as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";
const DRAWN = new Set(["svg", "path", "circle", "rect", "line", "text", "g", "use"]);

/** An element: `el("a.num", {href}, "12")`. A null attribute or child is left out; `on…` attributes listen. */
export function el(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = DRAWN.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  if (classes.length) made.setAttribute("class", classes.join(" "));
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

export const byId = (id) => document.getElementById(id);

/** The page's words for scripts, from its <template id="words">; `{n}` and the like are filled in. */
export function word(key, values = {}) {
  const found = byId("words").content.querySelector(`[data-word="${key}"]`);
  return found.textContent.trim().replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** Set children only where they changed, so that focus and screen readers are left in peace. */
export function swap(host, children, signature) {
  if (host.dataset.signature === signature) return false;
  const focused = host.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  host.replaceChildren(...children);
  host.dataset.signature = signature;
  if (focused) [...host.querySelectorAll("[data-key]")].find((e) => e.dataset.key === focused)?.focus({ preventScroll: true });
  return true;
}
