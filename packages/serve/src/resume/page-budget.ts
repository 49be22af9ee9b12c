import { PAGE_BYTES } from "./limits.ts";
import type { TopicForm } from "./topic-form.ts";

/** What one topic client may be sent of pages and lists of members before it has taken what it was sent of them. */
export class PageBudget {
  #bytes = 0;

  /** Bytes of the next page. */
  get left(): number {
    return PAGE_BYTES - this.#bytes;
  }

  get isSpent(): boolean {
    return this.left <= 0;
  }

  spend(forms: readonly TopicForm[]): void {
    for (const { size } of forms) this.#bytes += size;
  }

  /** The client has taken all bytes. */
  drained(): void {
    this.#bytes = 0;
  }
}
