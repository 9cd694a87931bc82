// The list of messages: added, edited in place, deleted; with days between them.

import { bubble } from "./bubbles.js";
import { make } from "./text.js";

const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });

export class Talk {
  /** `log` holds the messages; `on` is handed to every bubble. */
  constructor(log, person, on) {
    Object.assign(this, { log, person, on, messages: new Map(), about: "" });
    this.typing = make("p", { class: "typing", hidden: true }, "typing\u2026");
  }

  /** Show all of a talk anew. */
  fill(messages, about) {
    this.messages = new Map(messages.map((message) => [message.message_id, message]));
    this.about = about;
    this.redraw();
    this.end();
  }

  /** Show a new message. */
  add(message) {
    this.messages.set(message.message_id, message);
    this.busy(false);
    this.redraw();
    this.end();
  }

  /** Change a message where it stands; the focus stays on the button that has it. */
  edit(message) {
    if (!this.messages.has(message.message_id)) return this.add(message);
    this.messages.set(message.message_id, message);
    this.busy(false);
    const old = this.find(message.message_id);
    old?.replaceWith(this.draw(message, old));
    if ([...this.messages.keys()].at(-1) === message.message_id) this.end();
    return undefined;
  }

  /** Take a message away. */
  drop(id) {
    this.messages.delete(id);
    this.redraw();
  }

  /** Show or hide that the bot is typing. */
  busy(busy) {
    clearTimeout(this.timer);
    this.typing.hidden = !busy;
    if (busy) this.timer = setTimeout(() => this.busy(false), 5000);
  }

  /** The bot's messages, oldest first. */
  get theirs() {
    return [...this.messages.values()].filter((message) => message.from.id !== this.person);
  }

  /** The newest text of one's own. */
  get lastOwn() {
    return [...this.messages.values()].findLast((m) => m.from.id === this.person && m.text);
  }

  find(id) {
    return this.log.querySelector(`[data-id="${id}"]`);
  }

  /** Mark the message that the panel tells about. */
  select(id) {
    for (const node of this.log.querySelectorAll(".selected")) node.classList.remove("selected");
    this.find(id)?.classList.add("selected");
  }

  /** Show the end, or the beginning of a newest message that does not fit. */
  end() {
    const last = [...this.log.querySelectorAll(".message")].at(-1);
    const tall = last && last.offsetHeight > this.log.clientHeight - 16;
    this.log.scrollTop = tall ? last.offsetTop - 8 : this.log.scrollHeight;
  }

  draw(message, old) {
    if (old?.drawn === message) return old;
    const drawn = bubble(message, message.from.id === this.person, this.on);
    drawn.drawn = message;
    if (old?.classList.contains("selected")) drawn.classList.add("selected");
    if (old?.contains(document.activeElement)) refocus(old, drawn);
    return drawn;
  }

  /** Bring the list in line with the messages, leaving every node that is still right. */
  redraw() {
    const wanted = [];
    let day = "";
    for (const message of this.messages.values()) {
      const its = DAY.format(message.date * 1000);
      if (its !== day) wanted.push(this.day(its));
      day = its;
      wanted.push(this.draw(message, this.find(message.message_id)));
    }
    if (!wanted.length && this.about) wanted.push(this.introduction());
    wanted.push(this.typing);
    for (const node of [...this.log.children]) if (!wanted.includes(node)) node.remove();
    wanted.forEach((node, number) => {
      if (this.log.children[number] !== node) this.log.insertBefore(node, this.log.children[number] ?? null);
    });
  }

  day(name) {
    const old = [...this.log.querySelectorAll(".day")].find((node) => node.textContent === name);
    return old ?? make("p", { class: "day" }, name);
  }

  introduction() {
    return make("div", { class: "about" }, make("strong", {}, "What can this bot do?"), this.about);
  }
}

/** After a redraw, focus the button that says the same, else the first: never another one. */
function refocus(old, drawn) {
  const { textContent } = document.activeElement;
  const nodes = [...drawn.querySelectorAll(".keys button, .keys a, .meta button")];
  const same = nodes.find((node) => node.textContent === textContent) ?? nodes[0];
  requestAnimationFrame(() => same?.focus());
}
