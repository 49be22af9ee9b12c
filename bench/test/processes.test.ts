import { existsSync } from "node:fs";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { killAll, readPort, runToEnd, startServer } from "../src/processes.ts";

const node = process.execPath;

afterEach(killAll);

describe("runToEnd", () => {
  it("returns what the command printed", async () => {
    expect(await runToEnd([node, "-p", "6 * 7"], 10)).toBe("42\n");
  });

  it("fails with what the command complained about, or with how it ended", async () => {
    await expect(runToEnd([node, "-e", "console.error('no wheel'); process.exit(3)"], 10)).rejects.toThrow(
      "no wheel",
    );
    await expect(runToEnd([node, "-e", "process.exit(3)"], 10)).rejects.toThrow("code 3");
    await expect(runToEnd(["no-such-program-anywhere"], 10)).rejects.toThrow("ENOENT");
  });

  it("kills what does not end in time", async () => {
    await expect(runToEnd([node, "-e", "setInterval(() => {}, 1000)"], 0.2)).rejects.toThrow("within 0.2 s");
  });
});

const listen = `
  const server = require("node:net").createServer().listen(0, "127.0.0.1", () => {
    console.log(JSON.stringify({ port: server.address().port }));
  });
`;

describe("startServer", () => {
  it("gives port and process of a server that listens, and stops it", async () => {
    const server = await startServer([node, "-e", listen]);
    const socket = connect(server.port, "127.0.0.1");
    await new Promise((resolve, reject) => socket.on("connect", resolve).on("error", reject));
    socket.destroy();
    expect(existsSync(`/proc/${server.pid}/stat`)).toBe(true);
    await server.stop();
    expect(existsSync(`/proc/${server.pid}/stat`)).toBe(false);
  });

  it("lets it end by itself", async () => {
    const ends = "process.on('SIGTERM', () => { console.error('ending'); process.exit(0); });";
    const server = await startServer([node, "-e", listen + ends]);
    await server.end();
    expect(server.complaints()).toBe("ending");
    expect(existsSync(`/proc/${server.pid}/stat`)).toBe(false);
    await server.stop();
  });

  it("asks it, one question after the other", async () => {
    const replies = "process.stdin.on('data', (line) => console.log('you said ' + String(line).trim()));";
    const server = await startServer([node, "-e", listen + replies]);
    expect(await server.ask("one")).toBe("you said one");
    expect(await server.ask("two")).toBe("you said two");
    const asked = server.ask("three").then(() => server.ask("four"));
    await expect(asked).resolves.toBe("you said four");
    await server.stop();
    await expect(server.ask("five")).rejects.toThrow("it ended with SIGKILL");
  });

  it("fails with the reason of a server that ends instead", async () => {
    await expect(startServer([node, "-e", "throw new Error('port taken')"])).rejects.toThrow("port taken");
    await expect(startServer([node, "-e", "process.exit(4)"])).rejects.toThrow("it ended with code 4");
    await expect(startServer(["no-such-program-anywhere"])).rejects.toThrow("ENOENT");
  });

  it("fails when the first line is something else, and leaves nothing running", async () => {
    const chatty = "console.log('welcome'); console.error(process.pid); setInterval(() => {}, 1000)";
    await expect(startServer([node, "-e", chatty])).rejects.toThrow('it printed "welcome" instead');
  });
});

describe("killAll", () => {
  it("ends what is running", async () => {
    const server = await startServer([node, "-e", listen]);
    const running = runToEnd([node, "-e", "setInterval(() => {}, 1000)"], 20);
    killAll();
    await expect(running).rejects.toThrow("SIGKILL");
    await server.stop();
    expect(existsSync(`/proc/${server.pid}/stat`)).toBe(false);
  });
});

describe("readPort", () => {
  it("reads the announcement and nothing else", () => {
    expect(readPort('{"port":8080}')).toBe(8080);
    for (const line of ["8080\n", '{"port":"8080"}\n', "\n"])
      expect(() => readPort(line)).toThrow("instead of its port");
  });
});
