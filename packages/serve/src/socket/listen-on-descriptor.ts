import type net from "node:net";
import type { BindAddress } from "../options/serve-options.ts";
import { addressInWords } from "./inherited.ts";
import { activationError, type GivenSocket } from "./listen-fds.ts";

/**
 * The length of the accept queue: the system takes as much of it as it allows. libuv accepts one connection in each turn of the event loop, so that
 * the queue holds all others that come at once: past its end their clients wait for a second and more until they try again. And a shorter
 * queue would replace the one that systemd was told to make.
 */
export const LONGEST_BACKLOG = 0x7fff_ffff;

/**
 * Listens on an inherited descriptor, by documented API alone: `net.Server` opens a descriptor at once.
 * @throws Error that names the descriptor, if it cannot listen, or is a Unix socket where an address is a port, or the other way round
 */
export function listenOnDescriptor(server: net.Server, { fd }: GivenSocket, at: BindAddress): void {
  // The reason of a failure comes on a later turn.
  server.once("error", () => {});
  server.listen({ fd }, LONGEST_BACKLOG);
  const which = `Descriptor ${fd}, which this process was given,`;
  if (!server.listening) {
    throw activationError(
      `${which} cannot listen: it must be a TCP or Unix stream socket without a connection`,
    );
  }
  // A Unix socket has no address here.
  const isTCP = typeof server.address() === "object" && server.address() !== null;
  if (isTCP === (at.unix === undefined)) return;
  server.close();
  const advice = isTCP
    ? "leave the option unix out"
    : "give the option unix its path, which Node.js cannot find out";
  throw activationError(
    `${which} is a ${isTCP ? "TCP" : "Unix"} socket, and serve() has ${addressInWords(at)}: ${advice}`,
  );
}
