// The desk with a script: the drawer, the keyboard, and the list that keeps itself up to date. Without one, links and forms do.
import { toast } from "../parts/parts.mjs";

const desk = document.getElementById("desk");
const drawer = document.getElementById("drawer");
const help = document.getElementById("help");
const words = desk?.dataset ?? {};
const POLL_EVERY = 20_000;
const REDRAWN_EVERY = 30_000;
const GIVE_UP_AFTER = 10_000;

/* ── the drawer: the browser's own dialog keeps the focus inside and gives it back ── */

let opener = null;

document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail.ctx.target;
  if (target?.id !== "ticket") return;
  if (drawer && !drawer.open) {
    if (document.activeElement?.id) opener = document.activeElement.id;
    drawer.showModal();
  }
  (document.getElementById("problem") ?? document.getElementById("ticket-title"))?.focus();
  if (drawer && !document.getElementById("problem")) drawer.scrollTop = 0;
});

drawer?.addEventListener("close", () => {
  document.getElementById("ticket").replaceChildren();
  (document.getElementById(opener) ?? document.querySelector("a.open"))?.focus();
});

drawer?.addEventListener("click", (event) => {
  if (event.target === drawer || event.target.closest("[data-close-drawer]")) drawer.close();
});

// A refusal comes back as the form with its reason (422); any other failure changes nothing on the page but says so.
document.addEventListener("htmx:before:swap", (event) => {
  const status = event.detail.ctx.response?.status ?? 200;
  if (status < 400 || status === 422) return;
  event.preventDefault();
  failed();
});
document.addEventListener("htmx:error", failed);

function failed() {
  toast(document.body.dataset.failed, { kind: "danger" });
}

/* ── the keyboard ── */

function rows() {
  return [...document.querySelectorAll("a.open")];
}

function move(by) {
  const all = rows();
  if (!all.length) return;
  const here = drawer?.open ? all.findIndex((row) => row.id === opener) : all.indexOf(document.activeElement);
  const there = all[Math.max(0, Math.min(all.length - 1, here + by))];
  if (drawer?.open) {
    if (there.id === opener) return;
    opener = there.id;
    htmx.ajax("GET", there.getAttribute("href"), { target: "#ticket", swap: "innerHTML" });
  } else {
    there.focus();
    there.closest("tr").scrollIntoView({ block: "nearest" });
  }
}

// The news of a ticket opens it where one is, without leaving the list.
document.addEventListener("click", (event) => {
  const news = event.target.closest(".toast a[href^='/desk/tickets/']");
  if (!news || !drawer || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  news.closest(".toast").remove();
  opener = `open-${news.pathname.split("/").pop()}`;
  htmx.ajax("GET", news.pathname, { target: "#ticket", swap: "innerHTML" });
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.matches?.("input:not([type=radio], [type=checkbox]), textarea, select");
  if (typing) {
    if (event.key === "Escape" && event.target.id === "q") rows()[0]?.focus();
    return;
  }
  const keys = { j: () => move(1), k: () => move(-1), "/": () => document.getElementById("q")?.focus(), "?": () => help?.showModal() };
  const act = keys[event.key];
  if (!act || (help?.open && event.key !== "?") || (drawer?.open && "/?".includes(event.key))) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => { if (event.target.closest("[data-help]")) help?.showModal(); });
help?.addEventListener("click", (event) => { if (event.target === help) help.close(); });

/* ── the list keeps itself up to date ── */

let pending = null;
let stale = false;
const news = new Map(); // ticket → urgent, of those that came and are not announced yet

/** Draw the list anew, soon and once; what the page asks for by itself keeps no session alive. */
function refresh() {
  clearTimeout(pending);
  pending = setTimeout(redraw, 250);
}

async function redraw() {
  stale = document.hidden || document.activeElement?.id === "q"; // nobody looks, or somebody is typing: later
  if (stale) return;
  await htmx.ajax("GET", location.pathname + location.search, {
    target: "#desk", swap: "innerMorph", headers: { "Lilong-Background": "1" },
  });
  for (const [ticket, urgent] of news) {
    const row = document.getElementById(`open-${ticket}`);
    row?.closest("tr").classList.add("new");
    toast([words.new, row?.textContent.trim()].filter(Boolean).join(" · "), { kind: urgent ? "danger" : "", link: `/desk/tickets/${ticket}` });
  }
  news.clear();
}

const catchUp = () => { if (stale) refresh(); };
document.addEventListener("visibilitychange", catchUp);
document.addEventListener("focusout", catchUp);
document.addEventListener("desk-changed", refresh);

/** Follow the stream; where it does not come through, look every 20 seconds until it does. */
function listen(address) {
  let polling = null;
  let lost = null;
  let source = follow(address);

  function follow(where) {
    const opened = new EventSource(where);
    opened.addEventListener("reload", refresh);
    opened.addEventListener("ticket", (event) => {
      const told = JSON.parse(event.data);
      if (told.new) news.set(told.ticket, told.urgent);
      refresh();
    });
    opened.addEventListener("open", () => {
      clearTimeout(lost);
      lost = null;
      if (!polling) return;
      clearInterval(polling);
      polling = null;
      refresh();
    });
    opened.addEventListener("error", () => {
      if (polling) return;
      lost ??= setTimeout(() => {
        toast(words.off);
        polling = setInterval(poll, POLL_EVERY);
      }, GIVE_UP_AFTER);
    });
    return opened;
  }

  function poll() {
    refresh();
    if (source.readyState === EventSource.CLOSED) source = follow(address.split("?")[0]);
  }
}

if (desk?.dataset.live) {
  listen(desk.dataset.live);
  setInterval(refresh, REDRAWN_EVERY); // what is left until a ticket is due changes by itself
}
