import { type Server, serve } from "@mantou/serve";
import { asset, assets, modules } from "./assets.ts";
import { chatHandlers, type Publish, type Visitor } from "./chat.ts";
import { limits, topicOf } from "./protocol.ts";
import {
  addresses,
  explain,
  isAnnouncer,
  isWorker,
  readSettings,
  type Settings,
  SettingsError,
} from "./settings.ts";
import { ready, text, upgrade } from "./upgrade.ts";

/** How long a page may be away, and miss nothing. */
const keptSeconds = 600;

/** What to do after the first look. */
function nextSteps(isOneOfTwo: boolean): string {
  return [
    "",
    "What next?",
    "  its code           examples/chat/src/main.ts, and the order to read in: examples/chat/README.md",
    ...(isOneOfTwo ? [] : ["  in two processes   npx -y pnpm@12 start:cluster"]),
    "  a server of yours  npm install @mantou/serve, then ten lines: README.md",
  ].join("\n");
}

function start(settings: Settings): Server<Visitor> {
  try {
    const publish: Publish = (topic, message) => void server.publish(topic, message);
    const server: Server<Visitor> = serve({
      ...settings,
      topics: { [topicOf("*")]: { history: { size: limits.kept, seconds: keptSeconds }, presence: true } },
      routes: {
        ...assets(new URL("../public/", import.meta.url)),
        "/protocol.js": asset(new URL("protocol.js", import.meta.url)),
        ...modules(import.meta.resolve("@mantou/topics"), "/topics/"),
        "/ready": ready,
        "/ws": upgrade,
      },
      fetch: () => text("There is nothing here. The chat is at /.", 404),
      websocket: chatHandlers(publish),
    });
    return server;
  } catch (error) {
    throw explain(error, settings);
  }
}

function announce(server: Server<Visitor>, settings: Settings): void {
  const [here, ...elsewhere] = addresses({ ...settings, port: server.port ?? settings.port });
  console.log(`The chat is at ${here}`);
  for (const address of elsewhere) console.log(`  on your network: ${address}`);
  console.log("Open it in two tabs and talk to yourself. Ctrl+C stops it.");
  console.log(nextSteps(isWorker(process.env)));
}

function stopOnSignals(server: Server<Visitor>): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // `once`: a second Ctrl+C gets the default action, an end at once.
    process.once(signal, async () => {
      await server.stop(true);
      process.exit(0);
    });
  }
}

try {
  const settings = readSettings(process.env);
  const server = start(settings);
  // A worker ends as its primary process wants it: on a reload with the requests under way, and its WebSockets over a second.
  if (!isWorker(process.env)) stopOnSignals(server);
  if (isAnnouncer(process.env)) announce(server, settings);
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
