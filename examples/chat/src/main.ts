import { type Server, serve } from "@mantou/serve";
import { asset, assets } from "./assets.ts";
import { chatHandlers, type Visitor } from "./chat.ts";
import { addresses, explain, readSettings, type Settings, SettingsError } from "./settings.ts";
import { text, upgrade } from "./upgrade.ts";

function start(settings: Settings): Server<Visitor> {
  try {
    const server: Server<Visitor> = serve({
      ...settings,
      routes: {
        ...assets(new URL("../public/", import.meta.url)),
        "/protocol.js": asset(new URL("protocol.js", import.meta.url)),
        "/ws": upgrade,
      },
      fetch: () => text("There is nothing here. The chat is at /.", 404),
      websocket: chatHandlers((topic, message) => {
        server.publish(topic, message);
      }),
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
  stopOnSignals(server);
  announce(server, settings);
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
