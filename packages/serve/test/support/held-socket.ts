import { Buffer } from "node:buffer";
import type { PreparedFrames } from "@mantou/websocket";
import { NumberedForm, type TopicForm } from "../../src/resume/topic-form.ts";
import type { TopicSocket } from "../../src/websocket/topic-session.ts";

/** A WebSocket that takes what it gets when the test says so. */
export class HeldSocket implements TopicSocket {
  readonly sent: string[] = [];
  readonly pages: number[] = [];
  closed = false;
  keepsUp = true;
  isAwaited = false;

  isSubscribed(): boolean {
    return true;
  }

  flushPublished(): void {}

  line(text: string): void {
    this.sent.push(text);
  }

  page(messages: readonly PreparedFrames[]): void {
    this.pages.push(messages.length);
    for (const form of messages as readonly TopicForm[])
      this.sent.push(form instanceof NumberedForm ? String(form.offset) : textOf(form));
  }

  awaitDrained(): void {
    this.isAwaited = true;
  }

  receive(): void {}

  refuse(reason: string): void {
    this.closed = true;
    this.sent.push(reason);
  }
}

/** The text of a message. */
export function textOf({ plain: { head, payload } }: PreparedFrames): string {
  const frame = Buffer.concat([Buffer.from(head, "latin1"), payload ?? new Uint8Array()]);
  const length = frame[1]!;
  return frame.subarray(length < 126 ? 2 : length === 126 ? 4 : 10).toString();
}
