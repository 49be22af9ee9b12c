import { authorsOf } from "./authors.ts";
import { NumberedForm, type TopicForm } from "./topic-form.ts";

/** What one client has published in this session and in earlier ones, whose messages may still be on their way to the engine. It gets their places alone. */
export class OwnMessages {
  /** Of this session; null for one that publishes to no history. */
  readonly #name: string | null;
  #former: ReadonlySet<string> = new Set();

  constructor(name: string | null) {
    this.#name = name;
  }

  /**
   * The client tells its earlier sessions with a request.
   * @returns the authors whose messages its replays leave out
   */
  authorsOf(names: readonly string[]): ReadonlySet<string> {
    if (names.length > 0) this.#former = authorsOf(names);
    return authorsOf(this.#name === null ? names : [this.#name, ...names]);
  }

  /** @param authors of the forms */
  leaveOut(forms: readonly TopicForm[], authors: ReadonlySet<string>): readonly TopicForm[] {
    return this.#hasWritten(authors) ? forms.map((form) => this.#withoutOwn(form)) : forms;
  }

  /** Whether an earlier session of the client has published some of it. */
  #hasWritten(authors: ReadonlySet<string>): boolean {
    for (const each of this.#former) if (authors.has(each)) return true;
    return false;
  }

  #withoutOwn(form: TopicForm): TopicForm {
    return form instanceof NumberedForm && this.#former.has(form.author) ? form.own : form;
  }
}
