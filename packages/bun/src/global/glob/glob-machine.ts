/** Whether a place holds, by the code point that comes next: none at the end of a text. */
export type Look = (next: number | undefined) => boolean;

/** Whether a code point is of a kind. */
export type Kind = (char: number) => boolean;

/** The number of a state: a place in a pattern. */
export type State = number;

/** A part of a pattern. Given the state behind it, it makes the one in front of it. */
export type Part = (next: State) => State;

interface Step {
  readonly from: State;
  readonly kind: Kind;
}

interface Edge {
  readonly from: State;
  readonly look: Look | null;
}

interface Except {
  readonly state: State;
  readonly refused: State;
  readonly next: State;
  /** At the place that is looked at; false as long as that is not known. */
  isAllowed: boolean;
}

/**
 * The states of a pattern (a nondeterministic automaton), and a search over all of them at once: its time grows with the length of the text, and never with
 * its power, as that of an expression with several wildcards does.
 */
export class GlobMachine {
  /** By a state, those from which it is reached by a character. */
  readonly #steps: Step[][] = [];
  /** By a state, those from which it is reached without one. */
  readonly #edges: Edge[][] = [];
  /** Those that others depend on come first: the inner ones, and the ones behind. */
  readonly #excepts: Except[] = [];

  /** The state at the end of a text, with which a match ends. */
  readonly end: State = this.#add();

  /** One character. */
  step(kind: Kind): Part {
    return (to) => {
      const from = this.#add();
      this.#steps[to]!.push({ from, kind });
      return from;
    };
  }

  /** No character, where `look` holds. */
  where(look: Look): Part {
    return (next) => {
      const state = this.#add();
      this.#join(state, next, look);
      return state;
    };
  }

  either(parts: readonly Part[]): Part {
    return (next) => {
      const state = this.#add();
      for (const part of parts) this.#join(state, part(next));
      return state;
    };
  }

  /** As often as you like; `least` is 0 or 1. */
  repeated(part: Part, least: 0 | 1 = 0): Part {
    return (next) => {
      const state = this.#add();
      const inner = part(state);
      this.#join(state, next);
      this.#join(state, inner);
      return least === 0 ? state : inner;
    };
  }

  /** `part`, but not where `refused` matches, with all that follows. */
  except(refusedPart: Part, part: Part): Part {
    return (behind) => {
      const refused = refusedPart(behind);
      const next = part(behind);
      const state = this.#add();
      const except = { state, refused, next, isAllowed: false };
      this.#excepts.push(except);
      this.#join(state, next, () => except.isAllowed);
      return state;
    };
  }

  /** Whether `state` leads over the whole text to the end. */
  matches(state: State, text: string): boolean {
    const isReached = new Uint8Array(this.#steps.length);
    let reached = this.#reachedAt(undefined, [], isReached);
    // From the end, so that what may not stand at a place is known in front of it.
    for (let i = text.length; i > 0; ) {
      i -= isPair(text, i - 2) ? 2 : 1;
      for (const each of reached) isReached[each] = 0;
      reached = this.#reachedAt(text.codePointAt(i), reached, isReached);
    }
    return isReached[state] === 1;
  }

  /** The states from which a match is found at a place. @param after those of the next place */
  #reachedAt(char: number | undefined, after: readonly State[], isReached: Uint8Array): State[] {
    const reached: State[] = [];
    const reach = (state: State): void => {
      if (isReached[state] === 1) return;
      isReached[state] = 1;
      reached.push(state);
      for (const { from, look } of this.#edges[state]!) if (look === null || look(char)) reach(from);
    };
    for (const except of this.#excepts) except.isAllowed = false;
    if (char === undefined) reach(this.end);
    for (const state of after) {
      for (const { from, kind } of this.#steps[state]!) if (kind(char!)) reach(from);
    }
    for (const except of this.#excepts) {
      except.isAllowed = isReached[except.refused] === 0;
      if (except.isAllowed && isReached[except.next] === 1) reach(except.state);
    }
    return reached;
  }

  #add(): State {
    this.#edges.push([]);
    return this.#steps.push([]) - 1;
  }

  #join(from: State, to: State, look: Look | null = null): void {
    this.#edges[to]!.push({ from, look });
  }
}

/** Parts one behind the other. */
export function sequence(parts: readonly Part[]): Part {
  return (next) => parts.reduceRight((behind, part) => part(behind), next);
}

/** Whether a code point of two units begins at `at`. */
function isPair(text: string, at: number): boolean {
  return at >= 0 && text.codePointAt(at)! > 0xffff;
}
