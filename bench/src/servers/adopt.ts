import { type AddressInfo, createServer, Socket, type SocketConstructorOpts } from "node:net";
import { announce } from "./announce.ts";

/** What is undocumented in here: the listening handle, and that `new net.Socket` takes an accepted one and `onread`. */
interface ListeningHandle {
  onconnection: (error: number, handle: unknown) => void;
}
interface AdoptOptions extends SocketConstructorOpts {
  readonly handle: unknown;
  readonly onread: { readonly buffer: Buffer; readonly callback: (size: number, buffer: Buffer) => boolean };
}

export type Receive = (bytes: Buffer) => void;

/**
 * Listens and gives each connection's bytes to the function that `connected` returns for it. All connections read into
 * one buffer, so bytes are valid only until that function returns. This is the shortest way from Node's TCP handle to
 * JavaScript: no stream's read side, no allocation for each read.
 */
export function listenAdopting(connected: (socket: Socket) => Receive): void {
  const buffer = Buffer.allocUnsafe(65_536);
  const server = createServer();
  server.listen(0, "127.0.0.1", () => {
    const listening = server as unknown as { readonly _handle: ListeningHandle };
    listening._handle.onconnection = (error, handle) => {
      if (error !== 0) return;
      let receive: Receive = () => {};
      const options: AdoptOptions = {
        handle,
        onread: {
          buffer,
          callback: (size, bytes) => {
            receive(bytes.subarray(0, size));
            return true;
          },
        },
      };
      const socket = new Socket(options);
      socket.setNoDelay(true);
      socket.on("error", () => socket.destroy());
      receive = connected(socket);
    };
    announce((server.address() as AddressInfo).port);
  });
}
