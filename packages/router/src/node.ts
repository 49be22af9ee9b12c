import type { PathPattern } from "./pattern.ts";

/** A pattern and its registered value. */
export interface Route<T> extends PathPattern {
  readonly value: T;
}

/**
 * A node of the radix tree: the text of one edge, and its continuations.
 *
 * Invariants: no two `children` begin with the same character; `text` is empty only for the root and behind a
 * parameter; `param` and `wildcard` are set only where the text so far ends in "/", since both are whole segments.
 *
 * A parameter takes exactly one segment, so the node determines its place in a given path. A match therefore visits a node
 * at most once, and backtracking takes linear time without a memo.
 */
export class Node<T> {
  /** The text of the edge from the parent. */
  text: string;
  /** The first character code of `text`. It never changes: a split keeps the beginning of a node. */
  readonly firstCode: number;
  /** Continuations by literal text. */
  children: Node<T>[] = [];
  /** The node behind a parameter at this place. */
  param: Node<T> | null = null;
  /** The route whose `*` is at this place. */
  wildcard: Route<T> | null = null;
  /** The route whose pattern ends here. */
  route: Route<T> | null = null;

  constructor(text: string) {
    this.text = text;
    this.firstCode = text.charCodeAt(0);
  }
}

/** Inserts a route into the tree, in place of one of the same shape. */
export function insertRoute<T>(root: Node<T>, route: Route<T>): void {
  let node = root;
  for (const [index, literal] of route.literals.entries()) {
    node = descend(node, literal);
    if (index < route.names.length) node = node.param ??= new Node<T>("");
  }
  if (route.wildcard) node.wildcard = route;
  else node.route = route;
}

/** The node behind `literal` from `start`. It makes nodes and splits edges as needed. */
function descend<T>(start: Node<T>, literal: string): Node<T> {
  let node = start;
  let rest = literal;
  while (rest !== "") {
    const code = rest.charCodeAt(0);
    let child = node.children.find((candidate) => candidate.firstCode === code);
    if (child === undefined) {
      child = new Node<T>(rest);
      node.children.push(child);
    }
    const shared = sharedLength(child.text, rest);
    if (shared < child.text.length) split(child, shared);
    rest = rest.slice(shared);
    node = child;
  }
  return node;
}

/** Shortens a node's text to `length` characters and moves the rest of it, with all that follows, to one child. */
function split<T>(node: Node<T>, length: number): void {
  const lower = new Node<T>(node.text.slice(length));
  lower.children = node.children;
  lower.param = node.param;
  lower.wildcard = node.wildcard;
  lower.route = node.route;
  node.text = node.text.slice(0, length);
  node.children = [lower];
  node.param = null;
  node.wildcard = null;
  node.route = null;
}

function sharedLength(a: string, b: string): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}
