import { expect, it } from "vitest";
import type { Sender } from "../src/arbitraries/index.ts";
import { differencesOf, type Peer } from "./conformance/peer-differences.ts";
import { conversations, invalidInputs, messagesOf, type Outcome, oursOf, type Telling } from "./peers.ts";
import { peerOf } from "./support.ts";

/** Tells a peer one telling after the other, each on a connection of its own; gives what it made of them, in order. */
export type Tell = (tellings: readonly Telling[]) => AsyncIterable<Outcome>;

/**
 * The tests that compare a peer, which is in the given role, with our machine in the same.
 *
 * @param fit which outcomes of ours can be asked of it; all by default
 */
export function peerSuite(
  peer: Peer,
  role: Sender,
  tell: Tell,
  fit: (ours: Outcome) => boolean = () => true,
): void {
  // A client's application hears messages only.
  const ours = ({ bytes }: Telling) =>
    role === "client" ? messagesOf(oursOf(role, bytes)) : oursOf(role, bytes);
  const differences = differencesOf(peer, peerOf(role));

  async function compare(tellings: readonly Telling[]): Promise<void> {
    let at = 0;
    for await (const theirs of tell(tellings)) {
      const telling = tellings[at++]!;
      expect(ours(telling), telling.name).toEqual(theirs);
    }
    expect(at).toBe(tellings.length);
  }

  it("hears the same conversations, and answers their Close frames", () =>
    compare(conversations(role, 100).filter((telling) => fit(ours(telling)))));

  it("refuses the same bytes with the same code", () => {
    const except = differences.map(({ error }) => error);
    return compare(invalidInputs(role, 6, except).filter((telling) => fit(ours(telling))));
  });

  it("differs where it is said that it does", async () => {
    let at = 0;
    for await (const outcome of tell(differences)) {
      const difference = differences[at++]!;
      expect(outcome, difference.name).toEqual(difference.theirs);
      expect(ours(difference), difference.name).not.toEqual(difference.theirs);
    }
    expect(at).toBe(differences.length);
  });
}
