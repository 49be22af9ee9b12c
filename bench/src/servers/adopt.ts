import { type AddressInfo, createServer } from "node:net";
import { announce } from "./announce.ts";

/** Undocumented parts: handles, the requests of their writes, and the place of results that their calls do not return. */
interface Handle {
  onread: () => void;
  setNoDelay(on: boolean): number;
  useUserBuffer(memory: Buffer): void;
  readStart(): number;
  writeBuffer(request: object, bytes: Buffer): number;
  close(): void;
}
interface ListeningHandle {
  onconnection: (error: number, handle: Handle) => void;
}
interface StreamBinding {
  readonly WriteWrap: new () => { pending?: Buffer; oncomplete?: (error: number) => void };
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kLastWriteWasAsync: number;
}

/** `done` is called when the operating system has taken all bytes. */
export type Write = (bytes: Buffer, done?: () => void) => void;
export type Receive = (bytes: Buffer) => void;

/**
 * Listens and gives each connection's bytes to the function that `connected` returns for it. All connections read into
 * one buffer, so bytes are valid only until that function returns. This is the shortest way from Node's TCP handle to
 * JavaScript and back: no streams, nothing allocated for a read, nor for a write that the operating system takes at once.
 */
export function listenAdopting(connected: (write: Write, close: () => void) => Receive): void {
  const { binding } = process as unknown as { binding(name: "stream_wrap"): StreamBinding };
  const { WriteWrap, streamBaseState, kReadBytesOrError, kLastWriteWasAsync } = binding.call(
    process,
    "stream_wrap",
  );
  const buffer = Buffer.allocUnsafeSlow(65_536);
  let request = new WriteWrap();
  const accept = (handle: Handle): void => {
    const receive = connected(
      (bytes, done) => {
        const error = handle.writeBuffer(request, bytes);
        if (error !== 0) handle.close();
        else if (streamBaseState[kLastWriteWasAsync] === 1) {
          request.pending = bytes;
          if (done !== undefined) request.oncomplete = (failed) => failed === 0 && done();
          request = new WriteWrap();
        } else done?.();
      },
      () => handle.close(),
    );
    handle.setNoDelay(true);
    handle.useUserBuffer(buffer);
    handle.onread = () => {
      const size = streamBaseState[kReadBytesOrError]!;
      if (size > 0) receive(buffer.subarray(0, size));
      else if (size < 0) handle.close();
    };
    handle.readStart();
  };
  const server = createServer();
  server.listen(0, "127.0.0.1", () => {
    const listening = server as unknown as { readonly _handle: ListeningHandle };
    listening._handle.onconnection = (error, handle) => {
      if (!error) accept(handle);
    };
    announce((server.address() as AddressInfo).port);
  });
}
