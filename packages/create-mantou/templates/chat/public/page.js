import { TopicSocket } from "/topics/index.js";

const room = roomInAddress();
const name = prompt("Your name?") ?? "guest";

// Another room is another page.
addEventListener("hashchange", () => location.reload());

const log = document.getElementById("log");
const people = document.getElementById("people");
const status = document.getElementById("status");
const text = document.getElementById("text");

/** Names by the id of their connection. */
const here = new Map();

const socket = new TopicSocket(`/rooms/${encodeURIComponent(room)}?name=${encodeURIComponent(name)}`, {
  last: 50,
});

socket.on("open", () => show(status, ""));
socket.on("close", ({ retry }) => show(status, retry === null ? "Disconnected." : "Offline. Trying again …"));
socket.on("gap", () => log.replaceChildren());
socket.on("message", ({ data }) => {
  const message = JSON.parse(data);
  const row = document.createElement("li");
  const author = document.createElement("b");
  author.textContent = `${message.name}: `;
  row.append(author, message.text);
  log.append(row);
  row.scrollIntoView();
});
socket.on("presence", ({ members, join, leave }) => {
  if (members !== undefined) here.clear();
  for (const { id, presence } of members ?? []) here.set(id, presence.name);
  // In this order: who leaves and joins at once is here, under another name.
  for (const { id } of leave ?? []) here.delete(id);
  for (const { id, presence } of join ?? []) here.set(id, presence.name);
  show(people, `In ${room}: ${[...here.values()].join(", ")}`);
});

document.getElementById("form").addEventListener("submit", (event) => {
  event.preventDefault();
  // It is false while offline: the text stays in its field.
  if (socket.send(text.value)) text.value = "";
});

function show(element, content) {
  element.textContent = content;
}

/** The browser has percent-encoded it. */
function roomInAddress() {
  try {
    return decodeURIComponent(location.hash.slice(1)) || "lobby";
  } catch {
    // A "%" that encodes nothing.
    return "lobby";
  }
}
