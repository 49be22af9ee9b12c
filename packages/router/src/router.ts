import { findRoute, findRouteExcept } from "./match.ts";
import { insertRoute, Node, type Route } from "./node.ts";
import { NO_PARAMS, type PathParams, readParams } from "./params.ts";
import { parsePattern } from "./pattern.ts";

/** The result for a path. */
export interface Match<T> {
  /** The registered value. */
  readonly value: T;
  /**
   * The percent-decoded parameters by name, and the wildcard's rest under `"*"`. An object without `Object.prototype`;
   * for a pattern without parameters it is one frozen object that all such matches share.
   */
  readonly params: PathParams;
  /** The pattern that matched, as it was registered. */
  readonly pattern: string;
}

/**
 * Finds, for a path, the value whose pattern matches it best. The patterns are those of `Bun.serve`'s `routes`.
 *
 * - `/users/all` matches itself, character for character.
 * - `/users/:id` matches with any one segment, not empty, in the place of `:id`.
 * - `/files/*` matches everything that begins with `/files/`, even `/files/` itself (but not `/files`); `/*` matches all.
 *
 * If several patterns match, the first segment from the left in which they differ decides: literal text goes before a
 * parameter, a parameter before a wildcard. The order of registration does not matter.
 * @example
 * ```ts
 * import { Router } from "@mantou/router";
 *
 * const router = new Router<string>().add("/users/:id", "a user").add("/files/*", "a file");
 * router.match("/users/42"); // { value: "a user", params: { id: "42" } }
 * ```
 */
export class Router<T> implements Iterable<[pattern: string, value: T]> {
  /** Patterns without parameters and wildcard beat all others, so one look-up of the whole path finds them. */
  readonly #literal: Map<string, Match<T>> = new Map();
  /** All other patterns. */
  readonly #root: Node<T> = new Node<T>("");
  readonly #byShape: Map<string, Route<T>> = new Map();

  /** How many patterns are registered. */
  get size(): number {
    return this.#byShape.size;
  }

  /**
   * Registers a value under a pattern that no other one shadows.
   *
   * @throws {TypeError} if the pattern is malformed, or if one of the same shape is registered: `/a/:x` and `/a/:y`
   * match the same paths, so one of them could never be reached.
   */
  add(pattern: string, value: T): this {
    const route: Route<T> = { ...parsePattern(pattern), value };
    const earlier = this.#byShape.get(route.shape);
    if (earlier !== undefined) {
      throw new TypeError(
        `Route pattern ${JSON.stringify(pattern)} matches the same paths as ${JSON.stringify(earlier.pattern)}`,
      );
    }
    return this.#put(route);
  }

  /**
   * Registers a value under a pattern, in place of one of the same shape if there is one. This is what happens to two
   * such keys of Bun's `routes`: the later one wins.
   *
   * @throws {TypeError} if the pattern is malformed.
   */
  set(pattern: string, value: T): this {
    return this.#put({ ...parsePattern(pattern), value });
  }

  #put(route: Route<T>): this {
    const { pattern, shape, names, wildcard, value } = route;
    this.#byShape.set(shape, route);
    if (names.length === 0 && !wildcard) {
      this.#literal.set(pattern, Object.freeze({ value, params: NO_PARAMS, pattern }));
    } else {
      insertRoute(this.#root, route);
    }
    return this;
  }

  /**
   * The best match for a path, or null.
   *
   * @param path The path without a query, as a client sent it. It is compared unchanged, with its case, escapes, dot
   * segments and double slashes; only the parameters are decoded. A path without "/" at its beginning matches nothing.
   */
  match(path: string): Match<T> | null {
    const literal = this.#literal.get(path);
    if (literal !== undefined) return literal;
    return toMatch(findRoute(this.#root, path, 0), path);
  }

  /** The best match among the other patterns, as if these were not registered. */
  matchExcept(path: string, patterns: readonly string[]): Match<T> | null {
    const literal = this.#literal.get(path);
    if (literal !== undefined && !patterns.includes(literal.pattern)) return literal;
    return toMatch(findRouteExcept(this.#root, path, 0, patterns), path);
  }

  /** The patterns and their values, in the order in which their shapes were first registered. */
  *[Symbol.iterator](): IterableIterator<[pattern: string, value: T]> {
    for (const { pattern, value } of this.#byShape.values()) yield [pattern, value];
  }
}

function toMatch<T>(route: Route<T> | null, path: string): Match<T> | null {
  return route === null
    ? null
    : { value: route.value, params: readParams(route, path), pattern: route.pattern };
}
