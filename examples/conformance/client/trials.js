// What the clients of this folder share: the contract of docs/client.md, for a command that stays and for one that is run for each trial.
import process from "node:process";
import { createInterface } from "node:readline";

/** @param read requests one URL, and gives the line to print; null for a WebSocket */
export async function takeTrials(read) {
  const urls = process.argv.slice(2);
  if (urls.length > 0) {
    await takeTrial(read, process.env.METHOD ?? "GET", urls);
    return;
  }
  for await (const line of createInterface({ input: process.stdin })) {
    const [method, ...of] = line.split(" ");
    const end = await takeTrial(read, method, of).then(
      () => "done",
      () => "failed",
    );
    console.log(end);
  }
}

async function takeTrial(read, method, urls) {
  for (const url of urls) {
    const line = await read(url, method);
    if (line !== null) console.log(line);
  }
}

/** @param content the bytes of the response */
export const lineOf = (status, content) => `${status} ${Buffer.from(content).toString("hex")}`;

/** Opens a WebSocket with a class as browsers have it, and keeps it until it is closed. */
export function untilClosed(WebSocket, url) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onerror = () => {};
    socket.onclose = () => resolve(null);
  });
}

export const isWebSocket = (url) => url.startsWith("ws:");
