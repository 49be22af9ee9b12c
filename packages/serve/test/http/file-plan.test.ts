import { utimesSync } from "node:fs";
import { join } from "node:path";
import { FieldBlock, type IncomingRequest, ServerConnection } from "@mantou/http1";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { FileBlob } from "../../src/fetch/file-blob.ts";
import { FileHead } from "../../src/http/file-head.ts";
import { type OpenedFile, planFile, UnopenedFile } from "../../src/http/file-plan.ts";
import { runs } from "../support/runs.ts";

const dir = tempDir();
const path = join(dir, "a.bin");
const content = Buffer.from(Array.from({ length: 40 }, (_, i) => i));
fill(dir, { "a.bin": content });
utimesSync(path, 1_700_000_000, 1_700_000_000);

const open = new Set<OpenedFile>();
afterEach(() => {
  for (const { file } of open) file.close();
  open.clear();
});

function response(
  start: number,
  end: number,
  isPart: boolean,
  list: readonly string[] = [],
  status = 200,
): OpenedFile {
  const blob = new FileBlob(path, undefined, start, end);
  const opened = new UnopenedFile(blob, new FileHead(status, "", list)).open(isPart);
  open.add(opened);
  return opened;
}

function request(method: string, ...lines: readonly string[]): IncomingRequest {
  const connection = new ServerConnection({ text: () => {}, bytes: () => {} });
  connection.receive(Buffer.from(`${method} / HTTP/1.1\r\n${["Host: a", ...lines].join("\r\n")}\r\n\r\n`));
  const event = connection.next();
  if (event?.type !== "request") throw new Error("No request");
  return event;
}

const offset = fc.nat(45);

describe("what is sent of a file", () => {
  it("are the bytes that Content-Range names, of the file or of its slice", () => {
    fc.assert(
      fc.property(offset, offset, offset, offset, fc.boolean(), (a, b, first, last, isPart) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        const opened = response(start, end, isPart);
        const plan = planFile(request("GET", `Range: bytes=${first}-${last}`), opened);
        opened.file.close();
        const sent = content.subarray(plan.position, plan.position + plan.length);
        const slice = content.subarray(start, end);
        const text = plan.head.fields instanceof FieldBlock ? plan.head.fields.text : "";
        const [, from, to, size] = /^Content-Range: bytes (\d+)-(\d+)\/(\d+)\r$/m.exec(text) ?? [];
        if (plan.head.status === 206) {
          // A handler's part is a part of the file; else the slice is the whole.
          const whole = Number(size) === content.length && isPart ? content : slice;
          expect(Number(size)).toBe(whole.length);
          expect(sent).toEqual(whole.subarray(Number(from), Number(to) + 1));
          expect(sent.length).toBe(Number(to) - Number(from) + 1);
        } else if (plan.head.status === 200) expect(sent).toEqual(slice);
        else {
          expect([plan.head.status, plan.hasBody, plan.length]).toEqual([416, false, 0]);
          expect(text).toContain(`Content-Range: bytes */${slice.length}\r\n`);
        }
      }),
      runs(500),
    );
  });

  it("is a part only where a handler chose less than the whole, and something", () => {
    expect(response(1, 5, true).partial).toBe(true);
    for (const whole of [
      response(1, 5, false),
      response(0, 40, true),
      response(0, 99, true),
      response(7, 7, true),
    ])
      expect(whole.partial).toBe(false);
    expect(response(1, 5, true, ["Content-Range", "bytes 1-4/*"]).partial).toBe(true);
  });

  it("is a part for a handler that says 206 itself, whatever the request says, and for no other status", () => {
    for (const status of [206, 201]) {
      const opened = response(1, 5, true, [], status);
      const { head, position, length } = planFile(request("POST", "Range: bytes=0-0"), opened);
      const { text } = head.fields as FieldBlock;
      expect([head.status, position, length]).toEqual([status, 1, 4]);
      expect(text.includes(`Content-Range: bytes 1-4/${content.length}\r\n`)).toBe(status === 206);
    }
  });

  it.each(["none", "None"])("is all of it if the application says Accept-Ranges: %s", (value) => {
    const opened = response(0, 40, true, ["Accept-Ranges", value, "ETag", '"e"']);
    for (const range of ["bytes=0-0", "bytes=99-"]) {
      const plan = planFile(request("GET", `Range: ${range}`), opened);
      expect([plan.head.status, plan.position, plan.length]).toEqual([200, 0, 40]);
      const text = plan.head.fields instanceof FieldBlock ? plan.head.fields.text : "";
      expect(text.match(/Accept-Ranges.*/gi)).toEqual([`Accept-Ranges: ${value}`]);
    }
    expect(planFile(request("GET", "Range: bytes=0-0", 'If-None-Match: "e"'), opened).head.status).toBe(304);
    // The handler has chosen this part itself.
    const part = response(2, 6, true, ["Accept-Ranges", value]);
    expect(planFile(request("GET", "Range: bytes=0-0"), part).head.status).toBe(206);
  });

  it("is decided by conditions first, then by the range", () => {
    const opened = response(0, 40, false, ["ETag", '"e"']);
    const status = (method: string, ...lines: string[]): number =>
      planFile(request(method, ...lines), opened).head.status;
    expect(status("GET", 'If-None-Match: "e"', "Range: bytes=99-")).toBe(304);
    expect(status("GET", 'If-Match: "x"', 'If-None-Match: "e"')).toBe(412);
    expect(status("GET", "Range: bytes=99-", 'If-Range: "x"')).toBe(200);
    expect(status("HEAD", "Range: bytes=99-")).toBe(200);
    expect(status("POST", "Range: bytes=99-", 'If-None-Match: "e"')).toBe(200);
  });
});
