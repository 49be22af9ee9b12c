import { Buffer } from "node:buffer";
import type { PlacedFrames } from "@mantou/pubsub/relay";
import { prepareMessage } from "@mantou/websocket";
import { describe, expect, it } from "vitest";
import { FORMS_BYTES } from "../../src/resume/limits.ts";
import { PlainTopicMessages, type TopicForm, TopicLine } from "../../src/resume/topic-form.ts";
import { TopicForms } from "../../src/resume/topic-forms.ts";
import { formatTopic, parseTopic } from "../../src/resume/topic-name.ts";

/** A frame with one message. */
function frame(offset: number, cost: number): PlacedFrames {
  return {
    compress: false,
    cost,
    positionOf: () => ({ epoch: "e", offset, check: "abcdef" }),
    tagOf: () => 0,
    *[Symbol.iterator]() {
      yield { text: true, payload: Buffer.from("text"), start: 0, end: 4 };
    },
  } as unknown as PlacedFrames;
}

const text = ({ plain: { head, payload } }: TopicForm): string =>
  (Buffer.from(head, "latin1").toString() + Buffer.from(payload ?? []).toString()).replace(/^[^a-z!]*/, "");

describe("forms of messages", () => {
  it("are kept up to 8 MiB, and made once as long", () => {
    const forms = new TopicForms();
    const [one, other] = [frame(1, FORMS_BYTES / 2), frame(2, FORMS_BYTES / 2)];
    const first = forms.ofHistory("t", one);
    expect(first.map(text)).toEqual(["m t 1.abcdef\ntext"]);
    forms.ofHistory("t", other);
    expect(forms.ofHistory("t", one)).toBe(first);
    forms.ofHistory("t", frame(3, 1));
    expect(forms.ofHistory("t", one)).not.toBe(first);
  });

  it("are the same for all that get the same, and are joined once", () => {
    const forms = new TopicForms();
    const plain = new PlainTopicMessages("t", prepareMessage("ä", true), true);
    const messages = [plain, new TopicLine("t", "gap", "!t e.1.abcdef"), prepareMessage("not of a topic")];
    const delivery = forms.of(messages);
    expect(forms.of(messages)).toBe(delivery);
    expect(delivery.forms.map(text)).toEqual(["p t\nä", "!t e.1.abcdef"]);
    expect(delivery.gaps).toEqual(["t"]);
    expect(forms.of([plain]).forms[0]).toBe(delivery.forms[0]);
    const page = forms.page([...delivery.forms]);
    expect(forms.page([...delivery.forms])).toBe(page);
    expect(forms.page(delivery.forms.slice(1))).not.toBe(page);
  });

  it("are none for other clients if they are lines of the protocol", () => {
    const line = new TopicLine("t", "members", "j t\n{}");
    expect([line.size, line.plain, line.frame()]).toEqual([0, line.plain, { head: "", payload: null }]);
    let ready: unknown;
    line.whenReady(15, (frame) => {
      ready = frame;
    });
    expect(ready).toBe(line.plain);
  });
});

describe("topics in headers", () => {
  it.each([
    ["room/1", "room/1"],
    ['"', '"\\""'],
    ["", '""'],
    ["\ud83d", '"\\ud83d"'],
    ["a b", '"a\\u0020b"'],
    ["\u007f", '"\\u007f"'],
    ['a"b', 'a"b'],
  ])("%j is %s", (topic, header) => {
    expect(formatTopic(topic)).toBe(header);
    expect(parseTopic(header)).toBe(topic);
  });

  it.each(["", " ", "ä", '"', '"a', '"a" ', '"\\x"', '"\n"', "a\u007f"])("%j is none", (header) => {
    expect(parseTopic(header)).toBe(null);
  });
});
