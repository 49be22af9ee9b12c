import { captureErrors } from "@mantou/testing/errors";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { LazyTopicClients } from "../../src/server/topic-clients.ts";
import { Publisher } from "../../src/websocket/publisher.ts";
import { HeldSocket } from "../support/held-socket.ts";

const errors = captureErrors();

describe("the code of topic clients", () => {
  it("is loaded again for the next client if that has failed, and then once", async () => {
    let loads = 0;
    const clients = new LazyTopicClients(new Publisher(), null, null, () => {
      loads++;
      return loads === 1 ? Promise.reject(new Error("EMFILE")) : import("../../src/resume/topic-sessions.ts");
    });
    let begun = 0;
    const open = (): HeldSocket => {
      const socket = new HeldSocket();
      clients.open(socket, 0, () => void begun++);
      return socket;
    };
    const refused = [open(), open()];
    await until(() => refused.every(({ closed }) => closed), "the first ones are refused");
    for (const { sent } of refused) {
      expect(sent).toEqual(["Topics are not available"]);
      expect(String(errors.take())).toContain("EMFILE");
    }
    open();
    open();
    await until(() => begun === 2, "the next ones have begun");
    open();
    expect([begun, loads]).toEqual([3, 2]);
  });

  it("is not blamed for an error of the session that begins", async () => {
    const clients = new LazyTopicClients(new Publisher(), null, null);
    const socket = new HeldSocket();
    clients.open(socket, 0, () => {
      throw new Error("broken");
    });
    await until(() => socket.closed, "it is refused");
    expect(socket.sent).toEqual(["The session has failed"]);
    expect(String(errors.take())).toContain("broken");
  });
});
