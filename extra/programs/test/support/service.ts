import { Buffer } from "node:buffer";
import { type ServeOptions, serve } from "@mantou/serve";
import { type Fields, Socket } from "./client.ts";
import { type Entry, shownMessage, type Transcript, written } from "./conversation.ts";
import { Program, type Runtime } from "./program.ts";
import { normalise, type Run } from "./rules.ts";
import type { Script } from "./script.ts";

/** What a response or a note is, besides what it says. */
export interface Noted {
  /** Differences on purpose that hold for this response: see differences.ts. */
  readonly differs?: readonly string[];
}

/** A client of a program: it speaks to the service as that library's users do, and notes what it receives. */
export type Client = (service: Service) => Promise<void>;

/** A running program, as its client sees it, and what the client has noted. */
export class Service {
  readonly url: string;
  readonly entries: Entry[] = [];
  readonly #run: Run;
  readonly #saved: Map<string, string>;
  readonly #leaving: (() => unknown)[] = [];

  constructor(run: Run, saved: Map<string, string>) {
    this.url = `http://127.0.0.1:${run.port}`;
    this.#run = run;
    this.#saved = saved;
  }

  get port(): number {
    return this.#run.port;
  }

  /** The address of a WebSocket. */
  get socketUrl(): string {
    return this.url.replace("http", "ws");
  }

  /** Writes down a value. Errors are their names and messages, and bytes are shown in hexadecimal. */
  note(step: string, value?: unknown): void {
    const text = value === undefined ? undefined : normalise(JSON.stringify(value, readable), this.#run);
    this.entries.push({ step, ...(text === undefined ? {} : { value: JSON.parse(text) as unknown }) });
  }

  /** The program has made this value at random: it is written down by its name. */
  hide(name: string, value: string): void {
    this.#saved.set(name, value);
  }

  /** Writes down a whole response. @returns its body */
  async answer(step: string, response: Response, { differs }: Noted = {}): Promise<string> {
    const body = Buffer.from(await response.arrayBuffer());
    const fields: Record<string, string> = Object.fromEntries(response.headers) as Fields;
    const cookies = response.headers.getSetCookie();
    if (cookies.length > 0) fields["set-cookie"] = cookies.join("\n");
    const entry = written(step, { status: response.status, fields, body }, this.#run);
    this.entries.push(differs === undefined ? entry : { ...entry, differs });
    return body.toString();
  }

  /** Sends a request by `fetch`, and writes down the whole response. @param request method and target, such as `GET /` */
  async ask(request: string, init: RequestInit & Noted = {}): Promise<string> {
    const [method = "GET", path = "/"] = request.split(" ");
    const response = await fetch(`${this.url}${path}`, { redirect: "manual", ...init, method });
    return this.answer(request, response, init);
  }

  /** Opens a WebSocket, and writes down the response. @throws if there was no upgrade */
  async socket(path: string, fields: Fields = {}, protocols: readonly string[] = []): Promise<Socket> {
    const { socket, reply } = await Socket.open(this.port, path, fields, protocols);
    this.entries.push(written(`opens ${path}`, reply, this.#run));
    if (socket === null) throw new Error(`${path}: ${reply.status} in place of a WebSocket`);
    this.onLeave(() => socket.leave());
    return socket;
  }

  /** Tries to open a WebSocket that is refused, and writes down the response. */
  async refused(path: string, fields: Fields = {}, differs?: readonly string[]): Promise<void> {
    const { socket, reply } = await Socket.open(this.port, path, fields, []);
    socket?.leave();
    const entry = written(`opens ${path}`, reply, this.#run);
    this.entries.push(differs === undefined ? entry : { ...entry, differs });
  }

  /** Writes down the next messages of a WebSocket. @returns their texts */
  async hear(name: string, socket: Socket, count: number): Promise<string[]> {
    const messages = await socket.hear(count);
    this.entries.push({
      step: `${name} hears`,
      messages: messages.map((each) => shownMessage(each, this.#run)),
    });
    return messages.map(String);
  }

  /** Writes down how a WebSocket has closed. @param code that the client closes with; without it the program closes */
  async closed(name: string, socket: Socket, code?: number): Promise<void> {
    if (code === undefined) await socket.closing();
    else await socket.close(code);
    const { code: last, reason } = socket.closed!;
    const rest = socket.messages.map((each) => shownMessage(each, this.#run));
    this.entries.push({
      step: `${name} ${code === undefined ? "is closed" : "closes"}`,
      ...(rest.length === 0 ? {} : { messages: rest }),
      closed: `${last} ${reason}`,
    });
  }

  /** What is done when the client has ended, however it has. */
  onLeave(leave: () => unknown): void {
    this.#leaving.push(leave);
  }

  async leave(): Promise<void> {
    for (const leave of this.#leaving.splice(0)) await leave();
  }
}

/** Runs a program, lets its client speak to it, and writes down what the client notes. */
export async function serveTo(
  client: Client,
  name: string,
  script: Script,
  runtime: Runtime,
): Promise<Transcript> {
  const started = Date.now();
  const program = new Program(name, script, runtime);
  let service: Service | undefined;
  try {
    const port = await program.listening();
    const saved = new Map<string, string>();
    const run: Run = { port, temp: program.temp, started, saved };
    service = new Service(run, saved);
    await client(service);
    await service.leave();
    await program.end();
    const prints = normalise(program.prints, run).trimEnd().split("\n");
    return { steps: service.entries, prints };
  } catch (error) {
    const last = service?.entries.at(-1)?.step ?? "nothing";
    throw new Error(
      `${name}, after ${JSON.stringify(last)}: its standard error is\n${program.complains.slice(-2000)}`,
      {
        cause: error,
      },
    );
  } finally {
    await service?.leave();
    await program.end();
  }
}

/** The same for options that are served in this process, without `mantou`: what they print is not written down. */
export async function serveHere(client: Client, options: ServeOptions): Promise<Transcript> {
  const started = Date.now();
  const server = serve({ ...options, port: 0, hostname: "127.0.0.1" } as ServeOptions);
  const saved = new Map<string, string>();
  const service = new Service({ port: server.port!, temp: "/no/folder", started, saved }, saved);
  try {
    await client(service);
  } catch (error) {
    throw new Error(`after ${JSON.stringify(service.entries.at(-1)?.step ?? "nothing")}`, { cause: error });
  } finally {
    await service.leave();
    await server.stop(true);
  }
  return { steps: service.entries, prints: [] };
}

function readable(_key: string, value: unknown): unknown {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) {
    return `bytes ${Buffer.from(value as Uint8Array).toString("hex")}`;
  }
  if (isBuffer(value)) return `bytes ${Buffer.from(value.data).toString("hex")}`;
  return value;
}

/** A Buffer has a `toJSON()` of its own, which runs first. */
function isBuffer(value: unknown): value is { readonly data: readonly number[] } {
  return (value as { type?: unknown } | null)?.type === "Buffer";
}
