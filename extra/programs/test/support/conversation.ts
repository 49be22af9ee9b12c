import { createHash } from "node:crypto";
import { CookieJars, type Fields, type Reply, Socket, Stream, send } from "./client.ts";
import { Program, type Runtime } from "./program.ts";
import { normalise, normaliseField, type Run } from "./rules.ts";
import {
  fillIn,
  pick,
  type RequestStep,
  type Script,
  type SocketStep,
  type Step,
  type StreamStep,
} from "./script.ts";

/** What one step brought, as it is written down. */
export interface Entry {
  readonly step: string;
  readonly status?: number;
  readonly fields?: Fields;
  /** Text; bytes that are no text are their number and hash. */
  readonly body?: string;
  readonly messages?: readonly string[];
  readonly closed?: string;
  /** What a client has noted, as JSON. */
  readonly value?: unknown;
  /** Differences on purpose that hold for this response: see differences.ts. */
  readonly differs?: readonly string[];
}

export interface Transcript {
  readonly steps: readonly Entry[];
  /** The program's standard output. */
  readonly prints: readonly string[];
}

/** Runs a program, lets the script's clients speak to it, and writes down what they receive. */
export async function converse(name: string, script: Script, runtime: Runtime): Promise<Transcript> {
  const started = Date.now();
  const program = new Program(name, script, runtime);
  const clients = new Clients();
  try {
    const port = await program.listening();
    const saved = new Map<string, string>();
    const entries: Entry[] = [];
    const run: Run = { port, temp: program.temp, started, saved };
    for (const step of script.steps) {
      entries.push(await clients.take(step, run, saved));
    }
    clients.leave();
    await program.end();
    const prints = normalise(program.prints, run).trimEnd().split("\n");
    return { steps: entries, prints };
  } catch (error) {
    throw new Error(`${name}: its standard error is\n${program.complains}`, { cause: error });
  } finally {
    clients.leave();
    await program.end();
  }
}

/** The clients of one run: cookies, WebSockets and streams by their names. */
class Clients {
  readonly #jars = new CookieJars();
  readonly #sockets = new Map<string, Socket>();
  readonly #streams = new Map<string, Stream>();

  async take(step: Step, run: Run, saved: Map<string, string>): Promise<Entry> {
    try {
      const filled = fillIn(step, saved);
      if ("send" in filled) return await this.#request(filled, run, saved);
      if ("socket" in filled) return await this.#socket(filled, run, saved);
      return await this.#stream(filled, run);
    } catch (error) {
      throw new Error(`the step ${JSON.stringify(step)}`, { cause: error });
    }
  }

  leave(): void {
    for (const each of [...this.#sockets.values(), ...this.#streams.values()]) each.leave();
  }

  async #request(step: RequestStep, run: Run, saved: Map<string, string>): Promise<Entry> {
    const reply = await send(run.port, step, this.#jars.fieldsOf(step.as, step.fields));
    this.#jars.keep(step.as, reply.fields);
    for (const [name, from] of Object.entries(step.save ?? {})) {
      saved.set(name, pick(from, reply.body.toString(), reply.fields));
    }
    return written(step.as === undefined ? step.send : `${step.as}: ${step.send}`, reply, run);
  }

  async #socket(step: SocketStep, run: Run, saved: Map<string, string>): Promise<Entry> {
    const name = step.socket;
    if ("open" in step) {
      const fields = this.#jars.fieldsOf(step.as, step.fields);
      const { socket, reply } = await Socket.open(run.port, step.open, fields, step.protocols ?? []);
      if (socket !== null) this.#sockets.set(name, socket);
      return written(`${name}: opens ${step.open}`, reply, run);
    }
    const socket = this.#sockets.get(name);
    if (socket === undefined) throw new Error(`no WebSocket ${name} is open`);
    if ("say" in step) {
      const text = typeof step.say === "string" ? step.say : JSON.stringify(step.say);
      socket.say(text);
      return {
        step: normalise(`${name}: says ${text.length > 200 ? `${text.length} characters` : text}`, run),
      };
    }
    if ("sayHex" in step) {
      socket.say(Buffer.from(step.sayHex, "hex"));
      return { step: `${name}: says the bytes ${step.sayHex}` };
    }
    if ("hear" in step) {
      const messages = await socket.hear(step.hear);
      for (const [key, from] of Object.entries(step.save ?? {})) {
        saved.set(key, pick(from, String(messages[0]), {}));
      }
      const texts = messages.map((each) => shownMessage(each, run));
      const ending =
        socket.closed === null ? {} : { closed: `${socket.closed.code} ${socket.closed.reason}` };
      return { step: `${name}: hears`, messages: texts, ...ending };
    }
    if ("close" in step) await socket.close(step.close);
    else await socket.closing();
    // What it has received, and no step has heard.
    const rest = socket.messages.map((each) => shownMessage(each, run));
    const { code, reason } = socket.closed!;
    return {
      step: "close" in step ? `${name}: closes` : `${name}: is closed`,
      ...(rest.length === 0 ? {} : { messages: rest }),
      closed: `${code} ${reason}`,
    };
  }

  async #stream(step: StreamStep, run: Run): Promise<Entry> {
    const name = step.stream;
    if ("open" in step) {
      const fields = this.#jars.fieldsOf(step.as, step.fields);
      const { stream, reply } = await Stream.open(run.port, step.open, fields);
      this.#streams.set(name, stream);
      return written(`${name}: opens ${step.open}`, reply, run);
    }
    const stream = this.#streams.get(name);
    if (stream === undefined) throw new Error(`no stream ${name} is open`);
    if ("until" in step) {
      await stream.until(step.until, step.times ?? 1);
      return { step: `${name}: hears`, body: normalise(stream.text, run) };
    }
    stream.leave();
    return { step: `${name}: leaves` };
  }
}

/** A message as it is written down. */
export function shownMessage(message: string | Buffer, run: Run): string {
  return typeof message === "string" ? normalise(message, run) : `bytes ${message.toString("hex")}`;
}

/** A response as it is written down. */
export function written(step: string, reply: Reply, run: Run): Entry {
  const fields = Object.entries(reply.fields)
    .map(([name, value]) => [name, normaliseField(name, value, reply.status)] as const)
    .filter(([, value]) => value !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => [name, normalise(value!, run)]);
  const { body } = reply;
  const text = body.toString();
  const isText = Buffer.from(text).equals(body) && !text.includes("\0") && body.length < 20_000;
  const hash = createHash("sha256").update(body).digest("hex");
  return {
    step: normalise(step, run),
    status: reply.status,
    fields: Object.fromEntries(fields) as Fields,
    ...(body.length === 0
      ? {}
      : { body: isText ? normalise(text, run) : `${body.length} bytes, SHA-256 ${hash}` }),
  };
}
