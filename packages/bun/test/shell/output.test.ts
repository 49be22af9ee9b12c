import { expect, it } from "vitest";
import { ShellError, ShellOutput } from "../../src/shell/output.ts";

it("gives the output by the error's methods, too", async () => {
  const output = new ShellOutput(Buffer.from('{"a":"é"}'), Buffer.from("complaint"), 3);
  const error = new ShellError(output);
  expect([error.name, error.message, error.exitCode, String(error.stderr)]).toEqual([
    "ShellError",
    "Failed with exit code 3",
    3,
    "complaint",
  ]);
  expect([error.text(), error.text("hex"), error.json()]).toEqual([
    '{"a":"é"}',
    Buffer.from('{"a":"é"}').toString("hex"),
    { a: "é" },
  ]);
  expect(error.bytes()).toEqual(new Uint8Array(Buffer.from('{"a":"é"}')));
  expect(error.arrayBuffer()).toEqual(output.arrayBuffer());
  expect(await error.blob().text()).toBe('{"a":"é"}');
  expect(() => new ShellError(new ShellOutput(Buffer.from("no JSON"), Buffer.alloc(0), 1)).json()).toThrow(
    SyntaxError,
  );
});
