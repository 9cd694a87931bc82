// The panel for editors: where a message comes from, the clock, the talk as a test, faults.

import { brief } from "./bubbles.js";
import { link, make } from "./text.js";

const MOVES = [["+1 hour", 3600], ["+1 day", 86400], ["+7 days", 604800], ["+90 days", 7776000]];
const NOW = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const find = (id) => document.getElementById(id);

export class Panel {
  /** `talk` has the messages; `move(seconds)` moves the clock. */
  constructor(talk, move) {
    Object.assign(this, { talk, origins: new Map(), picked: null, ahead: 0 });
    find("panel-switch").addEventListener("click", () => this.show(true));
    find("panel-close").addEventListener("click", () => this.show(false));
    find("panel").addEventListener("keydown", (event) => {
      if (event.key === "Escape" && find("panel").classList.contains("open")) this.show(false);
    });
    find("earlier").addEventListener("click", () => this.step(-1));
    find("later").addEventListener("click", () => this.step(1));
    find("copy").addEventListener("click", () => this.copy());
    find("moves").append(...MOVES.map(([label, seconds]) =>
      make("button", { type: "button", onclick: () => move(seconds) }, label)));
    setInterval(() => this.tick(), 1000);
    matchMedia("(width >= 60rem)").addEventListener("change", () => this.show(false));
  }

  /** Lay the panel over the chat, which cannot be reached meanwhile, or take it away. */
  show(open) {
    find("panel").classList.toggle("open", open);
    document.querySelector("main").inert = open;
    find("panel-switch").setAttribute("aria-expanded", String(open));
    find(open ? "panel-close" : "panel-switch").focus();
  }

  clock(now) {
    this.ahead = Date.parse(now) - Date.now();
    this.tick();
  }

  tick() {
    const now = new Date(Date.now() + this.ahead);
    const text = NOW.format(now);
    if (find("now").textContent !== text) find("now").textContent = text;
  }

  script(text) {
    find("talk").value = text;
    find("talk").scrollTop = find("talk").scrollHeight;
  }

  content({ hash, faults }) {
    const fine = `Version ${hash}. A changed file counts from the next turn on.`;
    const bad = `${faults.length} fault${faults.length > 1 ? "s" : ""}: version ${hash} is still in use.`;
    find("content").textContent = faults.length ? bad : fine;
    find("faults").replaceChildren(...faults.map(({ file, line, text }) =>
      make("li", {}, make("code", {}, `${file}:${line}`), ` ${text}`)));
  }

  /** Know where a message comes from. */
  origin(id, pages) {
    this.origins.set(id, pages);
    if (this.shown === id || this.picked === null) this.draw();
  }

  /** Tell about this message; null follows the newest. */
  pick(id) {
    this.picked = id;
    this.draw();
  }

  step(by) {
    const ids = this.talk.theirs.map((message) => message.message_id);
    const at = Math.max(0, Math.min(ids.indexOf(this.shown) + by, ids.length - 1));
    this.pick(at === ids.length - 1 ? null : ids[at]);
    this.talk.find(ids[at])?.scrollIntoView({ block: "nearest" });
  }

  get shown() {
    return this.picked ?? this.talk.theirs.at(-1)?.message_id ?? null;
  }

  draw() {
    const message = this.talk.messages.get(this.shown);
    this.talk.select(this.shown);
    const ids = this.talk.theirs.map(({ message_id: id }) => id);
    find("earlier").disabled = ids.indexOf(this.shown) <= 0;
    find("later").disabled = ids.at(-1) === this.shown || !ids.length;
    if (!message) return find("origin").replaceChildren("The bot has said nothing yet.");
    const pages = this.origins.get(this.shown) ?? [];
    return find("origin").replaceChildren(
      make("p", { class: "excerpt" }, brief(message)),
      ...(pages.length ? pages.map((page) => section(page, pages.length === 1)) : ["No page is known for it."]),
    );
  }

  async copy() {
    const box = find("talk");
    try {
      await navigator.clipboard.writeText(box.value);
      find("copied").textContent = "Copied.";
    } catch {
      box.focus();
      box.select();
      find("copied").textContent = "It is selected: press Ctrl-C.";
    }
  }
}

function section({ page, file, facts }, open) {
  const count = facts.length === 1 ? "1 fact" : `${facts.length} facts`;
  const list = facts.map(({ id, says, source, url, strength }) => make("dl", { class: "fact" },
    make("dt", {}, id), make("dd", {}, says),
    make("dd", { class: "source" }, url ? link(url, source ?? url) : source ?? "our own choice", ` (${strength})`)));
  const head = make("summary", {}, make("code", {}, page), make("small", {}, ` ${count}`));
  return make("details", { open }, head, make("div", {}, make("code", {}, file), ...list));
}
