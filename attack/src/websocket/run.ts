import type { Connection } from "@mantou/websocket";
import { Client, type Ending } from "./client.ts";
import type { Frame, Program, ServerReport, Step } from "./program.ts";
import type { ServerProcess } from "./server-process.ts";

/** Milliseconds in which a client's connection ends after the program. */
const END_LIMIT = 10_000;

/** The actions and observations of one client. */
export interface Seen {
  /** Labels of the messages that it received. */
  readonly received: readonly string[];
  /** The code of the server's Close frame; null if none came. */
  readonly closeCode: number | null;
  readonly ending: Ending;
  readonly fault: string | null;
  /** Its own way of leaving. */
  readonly left: "fin" | "rst" | null;
  /** The code of the Close frame that it sent first. */
  readonly sentClose: number | null;
}

/** The outcome of a program. */
export interface Observation {
  readonly report: ServerReport;
  readonly clients: readonly Seen[];
  /** The server's output on standard error. */
  readonly words: string;
}

interface Player {
  readonly client: Client;
  left: "fin" | "rst" | null;
  sentClose: number | null;
}

/**
 * Runs a program against a server's process.
 * @throws Error if the process ends, or no longer replies
 */
export async function runProgram(server: ServerProcess, program: Program): Promise<Observation> {
  const address = await server.ask<number | string>("start", [program, server.newPath()]);
  const players: Player[] = [];
  try {
    for (let i = 0; i < program.clients; i++) {
      const client = await Client.connect(address, i);
      players.push({ client, left: null, sentClose: null });
      await server.ask("sync");
    }
    for (const step of program.steps) {
      if (step.do === "run") await server.ask("run", program.blocks[step.block] ?? []);
      else act(players[step.client]!, step);
      await server.ask("sync");
    }
    for (const { client } of players) client.read();
    await server.ask("rest");
    // `finish` stops the server, which drops what a socket has still to send behind its `close`.
    await Promise.all(players.map(({ client }) => ended(client)));
    const report = await server.ask<ServerReport>("finish");
    return { report, clients: players.map(seen), words: server.takeWords() };
  } finally {
    for (const { client } of players) client.reset();
  }
}

function act(player: Player, step: Exclude<Step, { do: "run" }>): void {
  const { client } = player;
  if (player.left !== null) return;
  if (step.do === "frames") {
    client.send((machine) => {
      for (const frame of step.frames) sendFrame(player, machine, frame);
    });
  } else if (step.do === "leave") {
    player.left = step.how;
    if (step.how === "rst") client.reset();
    else client.end();
  } else if (step.do === "stop") client.stop();
  else if (step.do === "slowly") client.readSlowly();
  else client.read();
}

function sendFrame(player: Player, machine: Connection, frame: Frame): void {
  if (frame.type === "close") {
    if (machine.close(frame.code)) player.sentClose = frame.code;
  } else if (frame.type === "message") machine.text(String(frame.block));
  else machine[frame.type](Buffer.from(String(frame.block)));
}

async function ended(client: Client): Promise<void> {
  let timer: NodeJS.Timeout;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, END_LIMIT);
  });
  await Promise.race([client.gone, late]);
  clearTimeout(timer!);
}

function seen({ client, left, sentClose }: Player): Seen {
  const { received, closeCode, ending, fault } = client;
  return { received, closeCode, ending, fault, left, sentClose };
}
