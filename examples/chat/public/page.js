/** @import { ChatMessage, Person, ServerMessage } from "./protocol.js" */
/** @import { ConnectionState } from "./connection.js" */
/** @import { Unsent } from "./outbox.js" */

import { Connection } from "./connection.js";
import { rememberChoice, rememberedName, rememberForTab } from "./memory.js";
import { Outbox } from "./outbox.js";
import { cleanName, cleanRoom, cleanText, defaultRoom, limits, roomRule } from "./protocol.js";
import {
  clearLog,
  element,
  scrollToEnd,
  showMessage,
  showNotice,
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
const rooms = new Set([defaultRoom, "kitchen", "tea-house"]);
let room = roomInAddress();
/** Whether the server has welcomed us on this connection, in this room: our messages now arrive here. */
let isIn = false;
/** Whether there was ever a connection. */
let wasIn = false;
let unread = 0;
const outbox = new Outbox();

const connection = new Connection({
  address() {
    const url = new URL("/ws", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.search = String(new URLSearchParams({ name: me.name, room }));
    return url.href;
  },
  onMessage: receive,
  onState: showState,
});

/** @param {ServerMessage} message */
function receive(message) {
  if (message.type === "welcome") welcome(message);
  else if (message.type === "error") complain(message.message);
  // Between two rooms: the message is about the room that we left.
  else if (isIn) hear(message);
  showPeople([...people.values()], me.id);
}

/** @param {Exclude<ServerMessage, { type: "welcome" | "error" }>} message */
function hear(message) {
  switch (message.type) {
    case "message":
      receiveMessage(message);
      break;
    case "joined":
      people.set(message.person.id, message.person);
      showNotice(message.person.name, "came in");
      break;
    case "left":
      people.delete(message.person.id);
      showNotice(message.person.name, "left");
      break;
    case "renamed":
      people.set(message.person.id, message.person);
      showNotice(message.before, "is now", message.person.name);
      if (message.person.id === me.id) becomeKnownAs(message.person);
  }
}

/** @param {Extract<ServerMessage, { type: "welcome" }>} message */
function welcome({ room: entered, you, people: present, history }) {
  becomeKnownAs(you);
  wasIn = true;
  // Otherwise the visitor has moved on since, and the welcome to the next room is on its way.
  isIn = entered === room;
  if (!isIn) return;
  people.clear();
  for (const person of present) people.set(person.id, person);
  for (const message of history) receiveMessage(message);
  for (const unsent of outbox.of(room)) transmit(unsent);
  scrollToEnd();
}

/** @param {ChatMessage} message */
function receiveMessage(message) {
  const unsent = outbox.confirm(message.ref);
  if (unsent?.item !== undefined) showSent(unsent.item, message);
  else showMessage(message, message.from.name === me.name);
  if (document.hidden) showTitle(unread + 1);
}

/** @param {Person} person */
function becomeKnownAs(person) {
  me = person;
  rememberForTab(person.name);
  if (document.activeElement !== nameField) nameField.value = person.name;
}

/** @param {Unsent} unsent */
function transmit(unsent) {
  unsent.item ??= showUnsent({ from: me, text: unsent.text, at: unsent.at });
  if (isIn) connection.send({ type: "say", text: unsent.text, ref: unsent.ref });
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
  room = next;
  isIn = false;
  people.clear();
  clearLog();
  for (const unsent of outbox.of(room)) {
    delete unsent.item;
    transmit(unsent);
  }
  showRoom();
  connection.send({ type: "join", room });
  showPanel(false);
}

/** @param {ConnectionState} state */
function showState(state) {
  if (state !== "open") isIn = false;
  const lost = wasIn && state === "connecting" ? "waiting" : state;
  const text = { connecting: "Connecting…", open: "Connected", waiting: "No connection. Trying again…" }[
    lost
  ];
  status.dataset["state"] = lost;
  // A screen reader would repeat the text if it were set again.
  if (status.textContent !== text) status.textContent = text;
  retry.hidden = lost !== "waiting";
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
  connection.send({ type: "rename", name });
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
retry.addEventListener("click", () => connection.open());
addEventListener("hashchange", changeRoom);
addEventListener("online", () => connection.open());
addEventListener("keydown", (event) => {
  if (event.key === "Escape") showPanel(false);
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  showTitle(0);
  connection.open();
});

nameField.maxLength = limits.name;
roomField.maxLength = limits.room;
textField.maxLength = limits.text;
// Ready to type at once, except where focus would raise a keyboard over half of the screen.
if (matchMedia("(hover: hover)").matches) textField.focus();
showRoom();
connection.open();
