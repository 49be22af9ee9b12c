import type { Node, Route } from "./node.ts";

/**
 * Finds the route for a path, or null.
 *
 * At every segment, from the left, literal text goes before a parameter and a parameter before a wildcard; where the
 * preferred way finds no route, the next one is taken. That is Bun's order, and it does not depend on the
 * order of insertion. A parameter takes one segment that is not empty; a wildcard takes any rest, even an empty one.
 *
 * Cost: at most one call per node of the tree whatever the path (see {@link Node}), and each call reads no more
 * than its edges' text and one segment. It allocates nothing.
 *
 * @param node The node whose text has been matched.
 * @param path The whole path.
 * @param at The index in `path` where the unmatched rest begins.
 */
export function findRoute<T>(node: Node<T>, path: string, at: number): Route<T> | null {
  if (at === path.length) return node.route ?? node.wildcard;
  const code = path.charCodeAt(at);
  const { children } = node;
  for (let index = 0; index < children.length; index++) {
    const child = children[index]!;
    if (child.firstCode !== code) continue;
    if (path.startsWith(child.text, at)) {
      const found = findRoute(child, path, at + child.text.length);
      if (found !== null) return found;
    }
    // No sibling begins with the same character.
    break;
  }
  if (node.param !== null) {
    const end = segmentEnd(path, at);
    if (end > at) {
      const found = findRoute(node.param, path, end);
      if (found !== null) return found;
    }
  }
  return node.wildcard;
}

/**
 * The same without the routes of some patterns, in the order of {@link findRoute}. It is a function of its own, since nearly every
 * search is among all routes.
 */
export function findRouteExcept<T>(
  node: Node<T>,
  path: string,
  at: number,
  except: readonly string[],
): Route<T> | null {
  const { children, wildcard } = node;
  const rest = wildcard === null || except.includes(wildcard.pattern) ? null : wildcard;
  if (at === path.length) {
    return node.route === null || except.includes(node.route.pattern) ? rest : node.route;
  }
  const code = path.charCodeAt(at);
  const child = children.find(({ firstCode }) => firstCode === code);
  if (child !== undefined && path.startsWith(child.text, at)) {
    const found = findRouteExcept(child, path, at + child.text.length, except);
    if (found !== null) return found;
  }
  const end = node.param === null ? at : segmentEnd(path, at);
  const found = end > at ? findRouteExcept(node.param!, path, end, except) : null;
  return found ?? rest;
}

/** The index of the "/" at the end of the segment that begins at `at`, or the path's length. */
export function segmentEnd(path: string, at: number): number {
  const slash = path.indexOf("/", at);
  return slash === -1 ? path.length : slash;
}
