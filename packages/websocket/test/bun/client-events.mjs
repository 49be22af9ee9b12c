// Runs in Bun: opens a WebSocket to `url` with the constructor's second argument as JSON, and prints its events in one line of JSON.
const [url, argument] = process.argv.slice(2);

const events = [];
const socket = new WebSocket(url, JSON.parse(argument));
socket.binaryType = "nodebuffer";
for (const type of ["message", "ping", "pong"]) {
  socket.addEventListener(type, ({ data }) =>
    events.push(
      `${type} ${typeof data === "string" ? JSON.stringify(data) : `Buffer ${data.toString("hex")}`}`,
    ),
  );
}
socket.onopen = () => events.push("open");
socket.onerror = () => events.push("error");
const { code, reason, wasClean } = await new Promise((resolve) => {
  socket.onclose = resolve;
});
events.push(`close ${code} ${JSON.stringify(reason)} ${wasClean ? "clean" : "unclean"}`);
console.log(JSON.stringify(events));
process.exit();
