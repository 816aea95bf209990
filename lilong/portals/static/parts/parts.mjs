// What every framed page does beyond its HTML: menus that close, toasts that leave. All of it may be absent.

const LEAVES_AFTER = 8000;

/** Show one calm sentence; `kind` may be "danger"; `link` opens on a press of its words. */
export function toast(text, { kind = "", link = null } = {}) {
  const node = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  if (kind) node.classList.add(kind);
  const words = node.querySelector(".grow");
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link;
    anchor.textContent = text;
    words.replaceChildren(anchor);
  } else {
    words.textContent = text;
  }
  document.getElementById("toasts").append(node);
  leaveLater(node);
  return node;
}

function leaveLater(node) {
  let timer = setTimeout(() => node.remove(), LEAVES_AFTER);
  const stay = () => clearTimeout(timer);
  const go = () => { timer = setTimeout(() => node.remove(), LEAVES_AFTER / 2); };
  for (const name of ["pointerenter", "focusin"]) node.addEventListener(name, stay);
  for (const name of ["pointerleave", "focusout"]) node.addEventListener(name, go);
}

document.querySelectorAll("#toasts > .toast").forEach(leaveLater);

document.addEventListener("click", (event) => {
  event.target.closest("[data-close]")?.closest(".toast")?.remove();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
