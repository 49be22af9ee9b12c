import type { PlacedFrames } from "@mantou/pubsub/relay";
import type { PreparedFrames } from "@mantou/websocket";
import { PlacedMessages } from "../topics/placed-messages.ts";
import { FORMS_BYTES } from "./limits.ts";
import { formsOfHistory, NumberedForm, PlainTopicMessages, type TopicForm, TopicLine } from "./topic-form.ts";

/** What topic clients get for some messages of the broker. */
export interface Delivery {
  readonly forms: readonly TopicForm[];
  /** Topics of which a gap is told. */
  readonly gaps: readonly string[];
  /** The sessions that have published some of them. */
  readonly authors: ReadonlySet<string>;
}

/** The forms of the messages of a server, made once for all topic clients, live ones and those of replays. */
export class TopicForms {
  /** The one that was made first is the first one. */
  readonly #history = new Map<PlacedFrames, readonly NumberedForm[]>();
  #bytes = 0;
  /** By what the broker delivers: subscribers that get the same messages get the same array. */
  readonly #deliveries = new WeakMap<readonly PreparedFrames[], Delivery>();
  #page: readonly TopicForm[] = [];

  /** The messages of a frame of a history topic. */
  ofHistory(topic: string, frames: PlacedFrames): readonly NumberedForm[] {
    const known = this.#history.get(frames);
    if (known !== undefined) return known;
    const forms = formsOfHistory(topic, frames);
    this.#history.set(frames, forms);
    this.#bytes += frames.cost;
    for (const oldest of this.#history.keys()) {
      if (this.#bytes <= FORMS_BYTES) break;
      this.#history.delete(oldest);
      this.#bytes -= oldest.cost;
    }
    return forms;
  }

  /** What a topic client gets for what the broker delivers. */
  of(messages: readonly PreparedFrames[]): Delivery {
    const known = this.#deliveries.get(messages);
    if (known !== undefined) return known;
    const forms = messages.flatMap((message) => this.#formsOf(message));
    const gaps = forms.filter(({ kind }) => kind === "gap").map(({ topic }) => topic);
    const authors = new Set<string>();
    for (const form of forms)
      if (form instanceof NumberedForm && form.author !== "") authors.add(form.author);
    const delivery = { forms, gaps, authors };
    this.#deliveries.set(messages, delivery);
    return delivery;
  }

  #formsOf(message: PreparedFrames): readonly TopicForm[] {
    if (message instanceof PlacedMessages) {
      const { topic, frames, from, to } = message;
      return this.ofHistory(topic, frames).slice(from, to);
    }
    return message instanceof PlainTopicMessages || message instanceof TopicLine ? message.forms : [];
  }

  /** The same array for the same page, so that its frames are joined once for all clients that want it at this moment. */
  page(forms: readonly TopicForm[]): readonly TopicForm[] {
    const page = this.#page;
    if (page.length !== forms.length || page.some((form, i) => form !== forms[i])) this.#page = forms;
    return this.#page;
  }
}
