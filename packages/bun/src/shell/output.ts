import type { Buffer } from "node:buffer";

/** What a command of `$` has printed, and its exit code. */
export class ShellOutput {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly exitCode: number;

  constructor(stdout: Buffer, stderr: Buffer, exitCode: number) {
    this.stdout = stdout;
    this.stderr = stderr;
    this.exitCode = exitCode;
  }

  text(encoding?: BufferEncoding): string {
    return this.stdout.toString(encoding);
  }

  /** @throws SyntaxError for output that is no JSON */
  json(): unknown {
    return JSON.parse(this.text());
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.stdout);
  }

  arrayBuffer(): ArrayBuffer {
    return this.bytes().buffer;
  }

  blob(): Blob {
    return new Blob([this.bytes()]);
  }
}

/** The error of a command with another exit code than 0. It has the methods of its output. */
export class ShellError extends Error implements ShellOutput {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly #output: ShellOutput;

  constructor(output: ShellOutput) {
    super(`Failed with exit code ${output.exitCode}`);
    this.name = "ShellError";
    this.exitCode = output.exitCode;
    this.stdout = output.stdout;
    this.stderr = output.stderr;
    this.#output = output;
  }

  text(encoding?: BufferEncoding): string {
    return this.#output.text(encoding);
  }

  /** @throws SyntaxError for output that is no JSON */
  json(): unknown {
    return this.#output.json();
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#output.bytes();
  }

  arrayBuffer(): ArrayBuffer {
    return this.#output.arrayBuffer();
  }

  blob(): Blob {
    return this.#output.blob();
  }
}
