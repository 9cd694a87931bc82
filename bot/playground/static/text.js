// Text with entities as elements. Offsets count UTF-16 units, as JavaScript's strings do.

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};
const FOUND = /https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]]|(?<![\w/@])\/[a-z0-9_]{1,32}(?![\w/])/g;
const OPENS = /^(https?|tg|mailto):/;

/** Make an element; `parts` are nodes or strings. */
export function make(tag, about = {}, ...parts) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(about)) {
    if (name === "onclick") made.addEventListener("click", value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...parts);
  return made;
}

/** A link that leaves this page without telling where it came from. */
export function link(address, ...parts) {
  if (!OPENS.test(address)) return make("span", {}, ...parts);
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...parts);
}

/** Text as nodes; `say` is called with a command that is pressed. */
export function styled(text, entities = [], say = () => {}) {
  const order = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const whole = document.createDocumentFragment();
  fill(whole, text, 0, text.length, order, say);
  return whole;
}

function fill(parent, text, start, end, rest, say) {
  let at = start;
  while (rest.length && rest[0].offset < end) {
    const entity = rest.shift();
    const stop = Math.min(entity.offset + entity.length, end);
    plain(parent, text.slice(at, entity.offset), say);
    const node = element(entity, text.slice(entity.offset, stop), say);
    if (node.childNodes.length === 0) fill(node, text, entity.offset, stop, rest, say);
    parent.append(node);
    at = stop;
  }
  plain(parent, text.slice(at, end), say);
}

function element(entity, covered, say) {
  if (entity.type === "text_link") return link(entity.url);
  if (entity.type === "url") return link(covered.includes("://") ? covered : `https://${covered}`);
  if (entity.type === "bot_command") return command(covered, say);
  if (entity.type === "spoiler") return make("span", { class: "spoiler", tabindex: "0" });
  return make(TAGS[entity.type] ?? "span");
}

function command(name, say) {
  return make("button", { type: "button", class: "command", onclick: () => say(name) }, name);
}

/** Plain text, in which Telegram finds addresses and commands by itself. */
function plain(parent, text, say) {
  const quiet = parent.nodeName === "A" || parent.nodeName === "CODE" || parent.nodeName === "PRE";
  let at = 0;
  for (const hit of quiet ? [] : text.matchAll(FOUND)) {
    parent.append(text.slice(at, hit.index));
    parent.append(hit[0].startsWith("/") ? command(hit[0], say) : link(hit[0], hit[0]));
    at = hit.index + hit[0].length;
  }
  if (at < text.length) parent.append(text.slice(at));
}
