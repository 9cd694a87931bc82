// Menus: a button opens a list of actions, arrows move in it, Escape gives the focus back.

import { make } from "./text.js";

/** Fill a menu with [label, action, hint] entries. */
export function fill(menu, entries) {
  menu.replaceChildren(...entries.map(([label, action, hint]) => {
    const item = make("button", { type: "button", role: "menuitem", tabindex: "-1" }, label);
    if (hint) item.append(make("small", {}, hint));
    item.addEventListener("click", () => action());
    return item;
  }));
}

/** Let arrows, Home, End, Escape and Tab work in a menu; `close(back)` closes it. */
export function keys(menu, close) {
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.children];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") close(true);
    if (event.key === "Escape") event.preventDefault();
    if (to === undefined) return;
    event.preventDefault();
    items.at(to % items.length).focus();
  });
}

/** Open a menu of [label, action, hint] entries at a button, above or below it. */
export function open(opener, label, entries) {
  const menu = make("div", { class: "menu popped", role: "menu", "aria-label": label });
  const close = (back) => {
    menu.remove();
    opener.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    if (back && opener.isConnected) opener.focus();
  };
  const outside = (event) => { if (!menu.contains(event.target)) close(false); };
  fill(menu, entries.map(([name, action, hint]) => [name, () => { close(true); action(); }, hint]));
  keys(menu, close);
  place(menu, opener.getBoundingClientRect());
  document.querySelector("main").append(menu);
  opener.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", outside, true);
  menu.firstElementChild?.focus();
}

function place(menu, at) {
  const { innerWidth, innerHeight } = window;
  const side = at.left > innerWidth / 2 ? ["right", innerWidth - at.right] : ["left", at.left];
  const end = at.top > innerHeight / 2 ? ["bottom", innerHeight - at.top + 6] : ["top", at.bottom + 6];
  for (const [name, value] of [side, end]) menu.style.setProperty(name, `${Math.max(8, value)}px`);
}
