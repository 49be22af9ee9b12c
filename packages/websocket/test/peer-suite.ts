import { expect, it } from "vitest";
import type { Sender } from "../src/arbitraries/index.ts";
import { differencesOf, type Peer } from "./conformance/peer-differences.ts";
import { conversations, type Input, invalidInputs, messagesOf, type Outcome, oursOf } from "./peers.ts";
import { peerOf } from "./support.ts";

/** Sends a peer one input after the other, each on a connection of its own, and gives its results in order. */
export type Tell = (inputs: readonly Input[]) => AsyncIterable<Outcome>;

/**
 * The tests that compare a peer, which is in the given role, with our machine in the same role.
 *
 * @param fit whether the peer can have an outcome of ours; all by default
 */
export function peerSuite(
  peer: Peer,
  role: Sender,
  tell: Tell,
  fit: (ours: Outcome) => boolean = () => true,
): void {
  // A client's application gets messages only.
  const ours = ({ bytes }: Input) =>
    role === "client" ? messagesOf(oursOf(role, bytes)) : oursOf(role, bytes);
  const differences = differencesOf(peer, peerOf(role));

  async function compare(inputs: readonly Input[]): Promise<void> {
    let at = 0;
    for await (const theirs of tell(inputs)) {
      const input = inputs[at++]!;
      expect(ours(input), input.name).toEqual(theirs);
    }
    expect(at).toBe(inputs.length);
  }

  it("gets the same events of conversations, and responds to their Close frames", () =>
    compare(conversations(role, 100).filter((input) => fit(ours(input)))));

  it("refuses the same bytes with the same code", () => {
    const except = differences.map(({ error }) => error);
    return compare(invalidInputs(role, 6, except).filter((input) => fit(ours(input))));
  });

  it("differs in the listed cases", async () => {
    let at = 0;
    for await (const outcome of tell(differences)) {
      const difference = differences[at++]!;
      expect(outcome, difference.name).toEqual(difference.theirs);
      expect(ours(difference), difference.name).not.toEqual(difference.theirs);
    }
    expect(at).toBe(differences.length);
  });
}
