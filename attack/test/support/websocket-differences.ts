import type { Violation } from "../../src/websocket/properties.ts";

/** Something that Bun does otherwise, and why we do not do it so. */
export interface Difference {
  readonly name: string;
  readonly why: string;
  covers(violation: Violation): boolean;
}

export const differences: readonly Difference[] = [
  {
    name: "Bun runs drain whenever a part of what waited has been written",
    why: "its documentation says that the socket is ready for more then, and with half of the bytes still waiting, what is sent meets with backpressure again",
    covers: ({ property, detail }) =>
      property === "drain" && (/^drain ran while/.test(detail) || /^drain ran without/.test(detail)),
  },
];
