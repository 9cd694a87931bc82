// One message as a bubble: its text or media, its time, and the buttons under it.

import { link, make, styled } from "./text.js";

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** What a message says in a few words, for labels and quotes. */
export function brief(message) {
  const said = message.text ?? message.caption ?? media(message)?.label ?? "Message";
  return said.length > 90 ? `${said.slice(0, 90)}\u2026` : said;
}

/** Draw a message. `on` has say(command), tap(message, button), menu(message, opener), pick(id). */
export function bubble(message, mine, on) {
  const time = TIME.format(message.date * 1000);
  const edited = message.edit_date ? "edited " : "";
  const meta = make("div", { class: "meta" }, make("span", {}, `${edited}${time}`));
  if (mine) meta.append(menuButton(message, on));
  const inside = make("div", { class: "bubble" }, ...body(message, on), meta);
  const label = `${mine ? "You" : message.from.first_name}, ${time}`;
  const whole = make("article", { class: mine ? "message mine" : "message", "aria-label": label }, inside);
  whole.dataset.id = message.message_id;
  if (!mine) inside.addEventListener("click", () => on.pick(message.message_id));
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (rows.length) whole.append(keyboard(message, rows, on));
  return whole;
}

function menuButton(message, on) {
  const button = make("button", {
    type: "button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": `Actions: ${brief(message)}`,
  }, "\u22EF");
  button.addEventListener("click", () => on.menu(message, button));
  return button;
}

function body(message, on) {
  const parts = [];
  if (message.reply_to_message) {
    parts.push(make("div", { class: "quote" }, brief(message.reply_to_message)));
  }
  const shown = media(message);
  if (shown?.picture) parts.push(make("img", { src: shown.picture, alt: `Photo, ${shown.more}` }));
  else if (shown) parts.push(card(shown));
  const text = message.text ?? message.caption;
  const entities = message.entities ?? message.caption_entities;
  if (text) parts.push(make("div", { class: "text" }, styled(text, entities, on.say)));
  return parts;
}

function card({ sign, label, more, file }) {
  const name = file ? make("a", { href: file, download: label }, label) : label;
  const words = make("span", {}, name, make("small", {}, more ?? ""));
  return make("div", { class: "media" }, make("span", { class: "sign", "aria-hidden": "true" }, sign), words);
}

function media(message) {
  const { photo, voice, sticker, document, location } = message;
  const at = (file) => `file/${encodeURIComponent(file.file_id)}`;
  if (photo) {
    const largest = photo.at(-1);
    return { sign: "\u25A3", label: "Photo", more: `${largest.width} \u00D7 ${largest.height}`, picture: at(largest) };
  }
  if (voice) return { sign: "\u25B6", label: "Voice message", more: `${voice.duration} s` };
  if (sticker) return { sign: "\u263A", label: "Sticker", more: sticker.emoji };
  if (document) return { sign: "\u25A4", label: document.file_name ?? "Document", more: document.mime_type, file: at(document) };
  if (location) return { sign: "\u25C9", label: "Location", more: `${location.latitude}, ${location.longitude}` };
  return message.text === undefined ? { sign: "?", label: "Something this page cannot show" } : undefined;
}

/** Rows of buttons: one stop of the Tab key, arrows move inside. */
function keyboard(message, rows, on) {
  const keys = make("div", { class: "keys", role: "group", "aria-label": "Buttons" });
  const grid = rows.map((row) => row.map((button) => key(message, button, on)));
  keys.append(...grid.map((row) => make("div", { class: "row" }, ...row)));
  grid.flat().forEach((node, number) => { node.tabIndex = number ? -1 : 0; });
  keys.addEventListener("keydown", (event) => move(event, grid));
  keys.addEventListener("focusin", (event) => {
    for (const node of grid.flat()) node.tabIndex = node === event.target ? 0 : -1;
  });
  return keys;
}

function key(message, button, on) {
  if (button.url) return link(button.url, button.text);
  const node = make("button", { type: "button" }, button.text);
  node.dataset.data = button.callback_data ?? "";
  node.addEventListener("click", () => on.tap(message, button, node));
  return node;
}

function move(event, grid) {
  const step = ARROWS[event.key];
  const row = grid.findIndex((nodes) => nodes.includes(event.target));
  if (!step || row < 0) return;
  event.preventDefault();
  const column = grid[row].indexOf(event.target);
  const next = grid[row + step[0]] ?? grid[row];
  next[Math.max(0, Math.min(column + step[1], next.length - 1))].focus();
}
