/** @import { ChatMessage, Person } from "./protocol.js" */

import { newHues } from "./hues.js";

// People's texts enter the page as text (textContent), never as markup.

/** The most lines on the screen: a tab may stay open for weeks. */
const longestLog = 500;

/** Messages of one person stand together if they are no further apart than this, in milliseconds. */
const groupWithin = 5 * 60_000;

/**
 * The element with an id. The page must have it.
 *
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} #${id}`);
  return found;
}

const hueOf = newHues();
const scroller = element("scroller", HTMLElement);
const log = element("log", HTMLElement);
const newer = element("newer", HTMLButtonElement);
const empty = element("empty", HTMLElement);

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function make(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** @param {string} name */
function avatar(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "avatar");
  svg.setAttribute("aria-hidden", "true");
  // Set from script: the security policy allows no style attributes in markup.
  svg.style.setProperty("--hue", String(hueOf(name)));
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", "#bun");
  svg.append(use);
  return svg;
}

/** @param {string} name */
function nameTag(name) {
  const tag = make("bdi", "who", name);
  tag.dir = "auto";
  return tag;
}

/** @param {number} at */
function clock(at) {
  const date = new Date(at);
  const time = make("time", "at", date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  time.dateTime = date.toISOString();
  time.title = date.toLocaleString();
  return time;
}

/**
 * Adds a line and keeps the end in sight, unless the reader has scrolled up to read.
 *
 * @param {HTMLLIElement} item
 * @param {Element | null} place the line before which it goes; null is the end
 */
function insert(item, place) {
  const atEnd = isAtEnd();
  log.insertBefore(item, place);
  while (log.childElementCount > longestLog) log.firstElementChild?.remove();
  empty.hidden = true;
  if (atEnd) scrollToEnd();
  else newer.hidden = false;
}

function isAtEnd() {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
}

/** The place of the next line from others: before our own messages without confirmation. */
function beforeUnsent() {
  return log.querySelector(".unsent");
}

/** Shows the newest line. */
export function scrollToEnd() {
  scroller.scrollTop = scroller.scrollHeight;
  newer.hidden = true;
}

newer.addEventListener("click", scrollToEnd);
scroller.addEventListener("scroll", () => {
  if (isAtEnd()) newer.hidden = true;
});

/** Takes all lines off the screen. */
export function clearLog() {
  log.replaceChildren();
  newer.hidden = true;
  empty.hidden = false;
}

/** The ids of the messages on the screen. */
export function shownIds() {
  const ids = [...log.querySelectorAll(".message[id]")].map(({ id }) => id.slice("message-".length));
  return new Set(ids);
}

/** Says that messages may be missing: the server has lost them, or we were away for too long. */
export function showGap() {
  if (log.childElementCount > 0)
    insert(make("li", "notice", "Messages may be missing here."), beforeUnsent());
}

/**
 * Shows a message.
 *
 * @param {ChatMessage} message
 * @param {boolean} mine
 */
export function showMessage(message, mine) {
  const place = beforeUnsent();
  const item = messageItem(
    message,
    mine,
    place === null ? log.lastElementChild : place.previousElementSibling,
  );
  item.id = `message-${message.id}`;
  insert(item, place);
}

/**
 * Shows a message of ours that the server does not have yet.
 *
 * @param {{ from: Person, text: string, at: number }} message
 * @returns {HTMLLIElement}
 */
export function showUnsent(message) {
  const item = messageItem(message, true, log.lastElementChild);
  item.classList.add("unsent");
  insert(item, null);
  scrollToEnd();
  return item;
}

/**
 * Shows that the server has a message: its line stays where it is, with the server's time.
 *
 * @param {HTMLLIElement} item
 * @param {ChatMessage} message
 */
export function showSent(item, { id, at }) {
  item.id = `message-${id}`;
  item.classList.remove("unsent");
  item.querySelector("time")?.replaceWith(clock(at));
}

/**
 * @param {{ from: Person, text: string, at: number }} message
 * @param {boolean} mine
 * @param {Element | null} previous the line above
 */
function messageItem({ from, text, at }, mine, previous) {
  const item = make("li", mine ? "message mine" : "message");
  item.dataset["from"] = from.name;
  item.dataset["at"] = String(at);
  const { from: above, at: then } = previous instanceof HTMLElement ? previous.dataset : {};
  if (above === from.name && at - Number(then) < groupWithin) item.classList.add("continues");

  const head = make("div", "head");
  head.append(nameTag(from.name), clock(at));
  const bubble = make("p", "bubble", text);
  bubble.dir = "auto";
  item.append(avatar(from.name), head, bubble);
  return item;
}

/**
 * Shows a line about a person: "Ann came in".
 *
 * @param {string} name
 * @param {string} what
 * @param {string} [other] a second name, after the text
 */
export function showNotice(name, what, other) {
  const item = make("li", "notice");
  item.append(nameTag(name), ` ${what}`);
  if (other !== undefined) item.append(" ", nameTag(other));
  insert(item, beforeUnsent());
}

/**
 * Shows the people in the room.
 *
 * @param {Person[]} people
 * @param {string} myId
 */
export function showPeople(people, myId) {
  element("count", HTMLElement).textContent = String(people.length);
  element("people", HTMLElement).replaceChildren(
    ...people.map(({ id, name }) => {
      const item = make("li", "person");
      item.append(avatar(name), nameTag(name));
      if (id === myId) item.append(make("span", "you", "you"));
      return item;
    }),
  );
}

/**
 * Shows the links to the rooms.
 *
 * @param {string[]} rooms
 * @param {string} current
 */
export function showRooms(rooms, current) {
  element("room", HTMLElement).textContent = `#${current}`;
  element("rooms", HTMLElement).replaceChildren(
    ...rooms.map((room) => {
      const link = make("a", "room", `#${room}`);
      link.href = `#${encodeURIComponent(room)}`;
      if (room === current) link.setAttribute("aria-current", "page");
      const item = make("li", "");
      item.append(link);
      return item;
    }),
  );
}
