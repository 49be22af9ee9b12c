/** Every process of a contestant prints where it listens, as a line of JSON, and ends with the harness, in whichever way that ends. */
export function announce(port) {
  process.stdout.write(`${JSON.stringify({ port, pid: process.pid })}\n`);
  process.stdin.resume().on("end", () => process.exit());
}
