// The page put together: what the server tells goes to the talk and the panel, what one does goes back.

import { Composer } from "./composer.js";
import { open } from "./menu.js";
import { Panel } from "./panel.js";
import { Talk } from "./talk.js";
import { make } from "./text.js";
import { act, follow } from "./wire.js";

const THEMES = ["system", "light", "dark"];
const TOAST = 3000;
const find = (id) => document.getElementById(id);
const person = Number(new URLSearchParams(location.search).get("person")) || 1;
const taps = new Map();
let blocked = false;

const talk = new Talk(find("log"), person, {
  say: (text) => composer.say(text),
  tap: tapped,
  menu: actions,
  pick: (id) => panel.pick(id),
});
const composer = new Composer(person, talk, toast);
const panel = new Panel(talk, (seconds) => composer.do("advance", { seconds }));

const EVENTS = {
  hello,
  added: (message) => { talk.add(message); changed(); },
  edited: (message) => { talk.edit(message); panel.draw(); },
  deleted: ({ message_id: id }) => { talk.drop(id); changed(); },
  action: ({ action }) => talk.busy(action !== "cancel"),
  answered,
  menu: ({ commands }) => { composer.commands = commands.default ?? []; },
  about: ({ descriptions }) => { talk.about = descriptions.description ?? ""; talk.redraw(); },
  blocked: (now) => { blocked = now.blocked; changed(); },
  clock: ({ now }) => panel.clock(now),
  keyboard: ({ keyboard }) => composer.keyboard(keyboard),
  panel: ({ origins = {}, content, people, talk: script }) => {
    if (people) introduce(people);
    for (const [id, pages] of Object.entries(origins)) panel.origin(Number(id), pages);
    if (content) panel.content(content);
    if (script !== undefined) panel.script(script);
  },
  lost: () => state("connecting"),
  over: () => state("ended: start it again and open the new address"),
};

function hello({ bot, people, messages, commands, keyboard, descriptions, now, blocked: is, panel: known }) {
  blocked = is;
  find("bot").textContent = bot.first_name;
  document.title = `${bot.first_name}, local chat`;
  introduce(people);
  EVENTS.menu({ commands });
  EVENTS.keyboard({ keyboard });
  talk.fill(messages, descriptions.description ?? "");
  panel.clock(now);
  EVENTS.panel(known);
  state("bot");
  changed();
  if (document.activeElement === document.body) (talk.messages.size ? composer.box : find("start")).focus();
}

function state(text) {
  find("state").textContent = text;
}

/** After a message came or went: what can be done now, and what the panel tells about. */
function changed() {
  const begun = talk.messages.size > 0;
  const starting = document.activeElement === find("start");
  find("begin").hidden = begun || blocked;
  find("blocked").hidden = !blocked;
  find("composer").hidden = blocked || !begun;
  if (starting && begun) composer.box.focus();
  if (talk.theirs.length) panel.pick(null);
  else panel.draw();
}

function introduce(people) {
  const options = people.map(({ id, first_name: name }) => make("option", { value: id, selected: id === person }, name));
  find("person").replaceChildren(...options, make("option", { value: "new" }, "Another person"));
}

async function tapped(message, button, node) {
  node.setAttribute("aria-busy", "true");
  try {
    const { id } = await act("tap", { person, data: button.callback_data, message_id: message.message_id });
    taps.set(id, node);
    setTimeout(() => node.removeAttribute("aria-busy"), 15000);
  } catch (error) {
    node.removeAttribute("aria-busy");
    toast(error.message);
  }
}

function answered({ callback_query_id: id, text, show_alert: loud }) {
  for (const node of document.querySelectorAll(".keys [aria-busy]")) node.removeAttribute("aria-busy");
  taps.delete(id);
  if (!text) return;
  if (!loud) return toast(text);
  find("alert-text").textContent = text;
  find("alert").showModal();
}

function toast(text) {
  const shown = make("p", {}, text);
  find("toasts").replaceChildren(shown);
  setTimeout(() => shown.remove(), TOAST);
}

function actions(message, opener) {
  const entries = [["Delete", () => composer.do("delete", { message_id: message.message_id })]];
  if (message.text) entries.unshift(["Edit", () => composer.edit(message)]);
  open(opener, "Message", entries);
}

function theme(name) {
  localStorage.setItem("theme", name);
  document.documentElement.dataset.theme = name;
}

function chatMenu() {
  const now = document.documentElement.dataset.theme;
  const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
  open(find("more"), "Chat menu", [
    ["Open a second window", () => window.open(`?person=${person + 1}`, "_blank", "noopener")],
    blocked ? ["Unblock the bot", () => composer.do("unblock")] : ["Block the bot", () => composer.do("block")],
    [`Colours: ${next}`, () => theme(next), `now ${now}`],
  ]);
}

theme(localStorage.getItem("theme") ?? "system");
find("more").addEventListener("click", chatMenu);
find("start").addEventListener("click", () => composer.say("/start"));
find("unblock").addEventListener("click", () => composer.do("unblock"));
find("person").addEventListener("change", ({ target }) => {
  const known = [...target.options].map((option) => Number(option.value) || 0);
  location.search = `?person=${target.value === "new" ? Math.max(...known) + 1 : target.value}`;
});
follow(person, ({ kind, about }) => EVENTS[kind]?.(about ?? {}));
