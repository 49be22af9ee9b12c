import { Buffer } from "node:buffer";
import type { PresenceMember } from "@mantou/pubsub/relay";
import type { TopicMember } from "../api/topics.ts";

/** The member as the program gets it. */
export function toMember({ instance, number, info }: PresenceMember): TopicMember {
  return { id: `${idOf(instance)}${number}`, presence: JSON.parse(info) };
}

/** The JSON text of an array of members. */
export interface MembersText {
  readonly text: string;
  readonly count: number;
}

/**
 * The JSON texts of arrays that have all members together, as `toMember` gives them, each made when it is wanted. There is at least one. The members' own texts are
 * joined, and not read.
 * @param most bytes of one text, unless it has one member alone
 */
export function* membersTexts(members: readonly PresenceMember[], most: number): Generator<MembersText> {
  let last: string | null = null;
  let head = "";
  let texts: string[] = [];
  let bytes = 0;
  for (const { instance, number, info } of members) {
    if (instance !== last) {
      last = instance;
      head = `{"id":"${idOf(instance)}`;
    }
    const text = `${head}${number}","presence":${info}}`;
    const size = Buffer.byteLength(text) + 1;
    if (bytes > 0 && bytes + size >= most) {
      yield join(texts);
      texts = [];
      bytes = 0;
    }
    texts.push(text);
    bytes += size;
  }
  if (bytes > 0 || members.length === 0) yield join(texts);
}

function join(texts: readonly string[]): MembersText {
  return { text: `[${texts.join(",")}]`, count: texts.length };
}

/** @param instance in Latin-1 */
function idOf(instance: string): string {
  return `${Buffer.from(instance, "latin1").toString("hex")}.`;
}
