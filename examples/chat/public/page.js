/** @import { Member } from "/topics/index.js" */
/** @import { ChatMessage, ClientMessage, Person, ServerMessage } from "./protocol.js" */
/** @import { Unsent } from "./outbox.js" */

import { TopicSocket } from "/topics/index.js";
import { rememberChoice, rememberedName, rememberForTab } from "./memory.js";
import { Outbox } from "./outbox.js";
import { cleanName, cleanRoom, cleanText, defaultRoom, limits, roomRule, topicOf } from "./protocol.js";
import {
  clearLog,
  element,
  scrollToEnd,
  showGap,
  showMessage,
  showNotice,
  shownIds,
  showPeople,
  showRooms,
  showSent,
  showUnsent,
} from "./view.js";

const nameField = element("name", HTMLInputElement);
const roomField = element("new-room", HTMLInputElement);
const textField = element("text", HTMLTextAreaElement);
const status = element("status", HTMLElement);
const problem = element("problem", HTMLElement);
const toggle = element("toggle", HTMLButtonElement);
const retry = element("retry", HTMLButtonElement);

/** @type {Person} */
let me = { id: "", name: cleanName(rememberedName()) ?? "" };
/** @type {Map<string, Person>} */
const people = new Map();
/**
 * People who left a moment ago. Who has another name leaves and joins.
 * @type {Set<string>}
 */
const leaving = new Set();
/** Milliseconds. */
const moment = 200;
/** Our ids on connections before this one. Where an instance was killed, it takes seconds until the others miss its people. */
const formerIds = new Set();
const rooms = new Set([defaultRoom, "kitchen", "tea-house"]);
let room = roomInAddress();
/** Whether the server has welcomed us on this connection, in this room. */
let isIn = false;
/** Whether we have all that was said in this room while we were away. Until then a message without confirmation may have arrived. */
let isCurrent = false;
let unread = 0;
const outbox = new Outbox();

/** Messages that were on the screen before a gap: the last ones of the room may bring them again. */
let seen = new Set();

const socket = new TopicSocket(address, { last: limits.history });
socket.on("open", () => showState("open"));
socket.on("close", () => {
  isIn = false;
  isCurrent = false;
  showState("waiting");
});
socket.on("direct", ({ data }) => receive(JSON.parse(String(data))));
socket.on("message", ({ topic, data }) => {
  // Between two rooms: the message is about the room that we left.
  if (topic === topicOf(room)) receiveMessage(JSON.parse(String(data)));
});
socket.on("presence", ({ topic, members, join, leave }) => {
  if (topic !== topicOf(room)) return;
  if (members !== undefined) hearAll(members.map(personOf));
  for (const member of leave ?? []) hearLeft(personOf(member));
  for (const member of join ?? []) hearJoined(personOf(member));
  showPeople([...people.values()], me.id);
});
socket.on("gap", ({ topic }) => {
  if (topic !== topicOf(room)) return;
  seen = shownIds();
  showGap();
});
socket.on("live", ({ topic }) => {
  if (topic !== topicOf(room)) return;
  isCurrent = true;
  transmitAll();
});

function address() {
  const url = new URL("/ws", location.href);
  url.search = String(new URLSearchParams({ name: me.name, room }));
  return url;
}

/** @param {ServerMessage} message */
function receive(message) {
  if (message.type === "welcome") welcome(message);
  else if (message.type === "error") complain(message.message);
}

/**
 * @param {Member} member
 * @returns {Person}
 */
function personOf({ presence }) {
  return /** @type {Person} */ (presence);
}

/** @param {Person[]} all who are here */
function hearAll(all) {
  people.clear();
  for (const person of all) {
    if (formerIds.has(person.id)) continue;
    people.set(person.id, person);
    // Who left a moment ago, and is here, has another name; that the join was missed is why there is a list.
    leaving.delete(person.id);
  }
}

/** @param {Person} person */
function hearJoined(person) {
  const before = people.get(person.id)?.name;
  people.set(person.id, person);
  leaving.delete(person.id);
  if (person.id === me.id) becomeKnownAs(person);
  if (before === undefined && person.id !== me.id) showNotice(person.name, "came in");
  else if (before !== undefined && before !== person.name) showNotice(before, "is now", person.name);
}

/** @param {Person} person */
function hearLeft({ id, name }) {
  if (!people.has(id)) return;
  const left = room;
  leaving.add(id);
  setTimeout(() => {
    if (!leaving.delete(id) || room !== left) return;
    people.delete(id);
    showNotice(name, "left");
    showPeople([...people.values()], me.id);
  }, moment);
}

/** @param {Extract<ServerMessage, { type: "welcome" }>} message */
function welcome({ room: entered, you }) {
  becomeKnownAs(you);
  // Otherwise the visitor has moved on since, and the welcome to the next room is on its way.
  isIn = entered === room;
  if (!isIn) return;
  people.set(me.id, me);
  showPeople([...people.values()], me.id);
  transmitAll();
}

/** Sends what waits, when the room is ours and what has arrived is confirmed. */
function transmitAll() {
  for (const unsent of outbox.of(room)) transmit(unsent);
  scrollToEnd();
}

/** @param {ChatMessage} message */
function receiveMessage(message) {
  if (seen.has(message.id)) return;
  const unsent = outbox.confirm(message.ref);
  if (unsent?.item !== undefined) showSent(unsent.item, message);
  else showMessage(message, message.from.name === me.name);
  if (document.hidden) showTitle(unread + 1);
}

/** @param {Person} person */
function becomeKnownAs(person) {
  if (person.id !== me.id) formerIds.add(me.id);
  me = person;
  rememberForTab(person.name);
  if (document.activeElement !== nameField) nameField.value = person.name;
}

/** @param {Unsent} unsent */
function transmit(unsent) {
  unsent.item ??= showUnsent({ from: me, text: unsent.text, at: unsent.at });
  if (isIn && isCurrent) send({ type: "say", text: unsent.text, ref: unsent.ref });
}

/** @param {ClientMessage} message */
function send(message) {
  socket.send(JSON.stringify(message));
}

/** Sends the text field's message, at once or when the connection is back. */
function say() {
  const text = cleanText(textField.value);
  if (text === null) return;
  if (outbox.full) {
    complain("Too many messages wait for the connection. Try again when it is back.");
    return;
  }
  complain("");
  transmit(outbox.add(room, text));
  textField.value = "";
}

/** Goes to the room in the address. */
function changeRoom() {
  const next = roomInAddress();
  if (next === room) return;
  // When we come back, the room begins with its last messages again.
  socket.forget(topicOf(room));
  room = next;
  isIn = false;
  isCurrent = false;
  seen.clear();
  people.clear();
  leaving.clear();
  clearLog();
  for (const unsent of outbox.of(room)) {
    delete unsent.item;
    transmit(unsent);
  }
  showRoom();
  send({ type: "join", room });
  showPanel(false);
}

/** @param {"connecting" | "open" | "waiting"} state */
function showState(state) {
  const text = { connecting: "Connecting…", open: "Connected", waiting: "No connection. Trying again…" }[
    state
  ];
  status.dataset["state"] = state;
  // A screen reader would repeat the text if it were set again.
  if (status.textContent !== text) status.textContent = text;
  retry.hidden = state !== "waiting";
}

/** @param {string} message the problem, or "" when it is over */
function complain(message) {
  problem.textContent = message;
  problem.hidden = message === "";
}

/** @param {number} count messages that came while the tab was in the background */
function showTitle(count) {
  unread = count;
  document.title = `${count > 0 ? `(${count}) ` : ""}#${room} · Mantou chat`;
}

function roomInAddress() {
  try {
    return cleanRoom(decodeURIComponent(location.hash.slice(1))) ?? defaultRoom;
  } catch {
    return defaultRoom; // A "%" that encodes nothing.
  }
}

function showRoom() {
  rooms.add(room);
  showRooms([...rooms], room);
  showTitle(0);
}

/** @param {boolean} open whether the panel shows on a narrow screen; on a wide one it always does */
function showPanel(open) {
  toggle.setAttribute("aria-expanded", String(open));
}

element("composer", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  say();
  textField.focus();
});
textField.addEventListener("keydown", (event) => {
  // While an input method composes (Chinese, Japanese), Enter chooses a word.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  say();
});
element("name-form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const name = cleanName(nameField.value);
  if (name === null) {
    complain(`A name has 1 to ${limits.name} characters.`);
    return;
  }
  complain("");
  rememberChoice(name);
  send({ type: "rename", name });
  // Without a connection nothing was sent, and the next one brings the name along.
  if (!isIn) me = { ...me, name };
  showPanel(false);
  textField.focus();
});
element("room-form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const name = cleanRoom(roomField.value);
  complain(name === null ? roomRule : "");
  if (name === null) return;
  roomField.value = "";
  location.hash = encodeURIComponent(name);
});
toggle.addEventListener("click", () => showPanel(toggle.getAttribute("aria-expanded") !== "true"));
retry.addEventListener("click", () => socket.reconnect());
addEventListener("hashchange", changeRoom);
addEventListener("keydown", (event) => {
  if (event.key === "Escape") showPanel(false);
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  showTitle(0);
  socket.reconnect();
});

nameField.maxLength = limits.name;
roomField.maxLength = limits.room;
textField.maxLength = limits.text;
// Ready to type at once, except where focus would raise a keyboard over half of the screen.
if (matchMedia("(hover: hover)").matches) textField.focus();
showRoom();
showState("connecting");
