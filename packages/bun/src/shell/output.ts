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

/** The error of a command with another exit code than 0. */
export class ShellError extends Error {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;

  constructor({ stdout, stderr, exitCode }: ShellOutput) {
    super(`Failed with exit code ${exitCode}`);
    this.name = "ShellError";
    this.exitCode = exitCode;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}
