// Runs in Bun: opens `count` WebSockets to `url`, one after the other, and prints in a line of JSON what each has received. With
// "echo" it sends messages back.
const [url, count, echo] = process.argv.slice(2);

for (let left = Number(count); left > 0; left--) {
  const received = [];
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => {
    received.push(
      typeof data === "string"
        ? `text ${JSON.stringify(data)}`
        : `binary ${Buffer.from(data).toString("hex")}`,
    );
    if (echo === "echo") socket.send(data);
  };
  const { code, reason } = await new Promise((resolve) => {
    socket.onclose = resolve;
  });
  console.log(JSON.stringify({ received, close: [code, reason] }));
}
