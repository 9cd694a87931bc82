// Where one writes: the text, the commands, what can be attached, and editing a message.

import { fill, keys, open } from "./menu.js";
import { make } from "./text.js";
import { act } from "./wire.js";

const MEDIA = [["Photo", "photo"], ["Voice message", "voice"], ["Sticker", "sticker"], ["Location", "location"], ["Document", "document"]];
const find = (id) => document.getElementById(id);

export class Composer {
  /** `talk` gives the newest own message; `fail` shows an error. */
  constructor(person, talk, fail) {
    Object.assign(this, { person, talk, fail, commands: [], edited: null });
    this.box = find("message");
    this.list = find("suggestions");
    find("composer").addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    find("cancel").addEventListener("click", () => this.edit(null));
    find("commands").addEventListener("click", () => this.suggest("", true));
    find("attach").addEventListener("click", () => this.attach());
    this.box.addEventListener("input", () => this.typed());
    this.box.addEventListener("keydown", (event) => this.pressed(event));
    keys(this.list, (back) => this.close(back));
    document.addEventListener("pointerdown", (event) => {
      if (!this.list.contains(event.target)) this.close(false);
    }, true);
  }

  /** Ask for something in this person's name. */
  async do(action, about = {}) {
    try {
      await act(action, { person: this.person, ...about });
    } catch (error) {
      this.fail(error.message);
    }
  }

  say(text) {
    return this.do("say", { text });
  }

  async send() {
    const text = this.box.value.trim();
    if (!text) return;
    const edited = this.edited;
    this.edit(null);
    await (edited ? this.do("edit", { message_id: edited, text }) : this.say(text));
  }

  /** Begin to edit a message of one's own; null ends it. */
  edit(message) {
    this.edited = message?.message_id ?? null;
    find("editing").hidden = !message;
    this.box.value = message?.text ?? "";
    this.typed();
    if (message) this.box.focus();
  }

  typed() {
    this.box.style.setProperty("height", "auto");
    this.box.style.setProperty("height", `${this.box.scrollHeight + 2}px`);
    const begun = /^\/([a-z0-9_]*)$/.exec(this.box.value);
    if (begun) this.suggest(begun[1], false);
    else this.close(false);
  }

  pressed(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape") {
      this.close(false);
      if (this.edited) this.edit(null);
    } else if (event.key === "ArrowDown" && !this.list.hidden) {
      event.preventDefault();
      this.list.firstElementChild?.focus();
    } else if (event.key === "ArrowUp" && !this.box.value && this.talk.lastOwn) {
      event.preventDefault();
      this.edit(this.talk.lastOwn);
    }
  }

  /** Show the bot's keyboard in place of the keys; no rows, none. */
  keyboard(rows) {
    const key = (text) => make("button", { type: "button", onclick: () => this.say(text) }, text);
    find("keys").replaceChildren(...rows.map((row) => make("div", { class: "row" }, ...row.map(key))));
    find("keys").hidden = !rows.length;
  }

  /** Show the commands that begin so; `enter` moves the focus into the list. */
  suggest(begun, enter) {
    const fitting = this.commands.filter(({ command }) => command.startsWith(begun));
    fill(this.list, fitting.map(({ command, description }) => [`/${command}`, () => this.chosen(command), description]));
    this.list.hidden = !fitting.length;
    find("commands").setAttribute("aria-expanded", String(!this.list.hidden));
    if (enter) this.list.firstElementChild?.focus();
  }

  chosen(command) {
    this.edit(null);
    this.close(true);
    this.say(`/${command}`);
  }

  close(back) {
    if (this.list.hidden) return;
    this.list.hidden = true;
    find("commands").setAttribute("aria-expanded", "false");
    if (back) this.box.focus();
  }

  attach() {
    const entries = MEDIA.map(([label, kind]) => [label, () => this.media(kind)]);
    open(find("attach"), "Attach", entries);
  }

  async media(kind) {
    const caption = this.box.value.trim();
    this.edit(null);
    await this.do("send", { kind, caption });
  }
}
