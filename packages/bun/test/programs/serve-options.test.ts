import { cert, key } from "@mantou/testing/tls";
import { describe } from "vitest";
import { itRunsAsOnBun, type ProgramCase } from "../support/program-cases.ts";

/** A server with more options, one request to it, and its end. */
function serving(options: string, more = ""): string {
  return `
    import { get } from "node:https";
    const options: any = { port: 0, fetch: (request: Request) => new Response(new URL(request.url).protocol), ${options} };
    try {
      const server = Bun.serve(options);
      const text = server.url.protocol === "http:" ? await (await fetch(server.url)).text() : await new Promise((resolve) => {
        get(server.url, { rejectUnauthorized: false }, (response) => response.on("data", (data) => resolve(String(data))))
          .on("error", () => resolve("refused"));
      });
      console.log(text);${more}
      await server.stop(true);
      process.exit();
    } catch (error) {
      console.log("threw");
      console.error((error as Error).message);
      process.exit();
    }`;
}

const pem = `key: ${JSON.stringify(key)}, cert: ${JSON.stringify(cert)}`;

function runs(name: string, options: string, prints: string, rest: Partial<ProgramCase> = {}): ProgramCase {
  return {
    name,
    files: { "main.ts": serving(options), "key.pem": key, "cert.pem": cert },
    prints,
    ...rest,
  };
}

/** Bun ignores the option. */
function refuses(name: string, options: string, complains: RegExp, bun: string, why: string): ProgramCase {
  return runs(name, options, "threw", { complains, onBun: { prints: bun, why } });
}

describe("options of Bun.serve", () => {
  itRunsAsOnBun([
    runs(
      "without a value are no error",
      "keyFile: undefined, certFile: undefined, requestCert: undefined, tls: undefined, anything: undefined, maxBody: undefined",
      "http:",
    ),
    runs(
      "without use here, or of ours alone, are no error",
      "baseURI: 'http://a.b', app: {}, inspector: true, compress: { encodings: ['gzip'] }",
      "http:",
      { complains: /^$/ },
    ),
    runs(
      "that are empty mean none",
      "hostname: '', unix: '', id: null, websocket: null, error: undefined",
      "http:",
    ),
    runs("that are unknown are reported once", "colour: 1, flavour: 2", "http:", {
      complains:
        /^serve\(\) ignores the unknown option "colour"\nserve\(\) ignores the unknown option "flavour"$/,
    }),
    {
      name: "that are unknown are reported once for all servers",
      files: {
        "main.ts": `
          for (let i = 0; i < 3; i++) await Bun.serve({ port: 0, fetch: () => new Response(), colour: i } as any).stop(true);
          console.log("done");`,
      },
      prints: "done",
      complains: /^serve\(\) ignores the unknown option "colour"$/,
    },
    runs("of TLS may stand beside the others", pem, "https:"),
    runs(
      "of TLS may stand beside the others as files",
      "keyFile: 'key.pem', certFile: 'cert.pem', tls: undefined",
      "https:",
    ),
    runs("of TLS beside an empty tls count", `tls: {}, ${pem}`, "https:"),
    runs(
      "of TLS beside the others require certificates of clients",
      `${pem}, requestCert: true, rejectUnauthorized: true`,
      "refused",
    ),
    runs("of TLS without effect are none", "requestCert: false, lowMemoryMode: false, key: null", "http:"),
    runs(
      "named host and webSocket are hostname and websocket",
      "host: '127.0.0.1', webSocket: { message() {} }",
      "http:",
    ),
    refuses(
      "of TLS beside tls are refused",
      `tls: { ${pem} }, requestCert: true`,
      /^requestCert stands beside tls, where it would have no effect: write tls\.requestCert$/,
      "https:",
      "the server would let every client in",
    ),
    refuses(
      "of TLS without a certificate are refused",
      "requestCert: true",
      /key and cert/,
      "refused",
      "the server would refuse each handshake",
    ),
    refuses(
      "that are misspelt limits are refused",
      "maxRequestBodysize: 10",
      /"maxRequestBodysize": the option is maxRequestBodySize$/,
      "http:",
      "the server would have no limit",
    ),
    refuses(
      "that look like limits are refused",
      "maxHeaderSize: 10",
      /no option "maxHeaderSize"$/,
      "http:",
      "as above",
    ),
    refuses(
      "that look like TLS are refused",
      "verifyClients: true",
      /no option "verifyClients"$/,
      "http:",
      "as above",
    ),
  ]);
});
