/** Which modules of the program import which: so that a circle of modules that wait for each other can be named. */
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { isProgram, pathOf } from "../resolve/module-url.ts";
import { readText } from "../source/read-text.ts";

/** The exit code of Node.js for a program whose entry waits for what never comes. */
const UNSETTLED = 13;

const imports = new Map<string, Set<string>>();
let hooksThread: MessagePort | null = null;

export interface ImportEdge {
  readonly from: string;
  readonly to: string;
}

/** The paths of a program's module and of one that it imports; null for an import of another kind. */
export function importEdge(importer: string | undefined, url: string): ImportEdge | null {
  if (importer === undefined || !isProgram(importer) || !isProgram(url)) return null;
  const from = pathOf(importer);
  const to = pathOf(url);
  return from === null || to === null ? null : { from, to };
}

export function recordImport(edge: ImportEdge): void {
  const { from, to } = edge;
  const known = imports.get(from);
  if (known === undefined) imports.set(from, new Set([to]));
  else known.add(to);
}

/** @param port where the thread of the hooks sends its imports */
export function reportCircles(port: MessagePort | null): void {
  hooksThread = port;
  process.on("exit", () => {
    // Node.js 20 tells its listeners another code.
    if (process.exitCode !== UNSETTLED) return;
    for (const circle of waitingCircles()) {
      const files = [...circle, circle[0]].join("\n  → ");
      console.error(`These modules wait for each other, so that none goes on:\n    ${files}`);
    }
  });
}

/** Circles in which a module awaits an import. */
function waitingCircles(): string[][] {
  for (let next: unknown; hooksThread !== null; ) {
    next = receiveMessageOnPort(hooksThread);
    if (next === undefined) break;
    recordImport((next as { message: ImportEdge }).message);
  }
  const circles: string[][] = [];
  const done = new Set<string>();
  for (const start of imports.keys()) {
    const circle = done.has(start) ? null : pathBetween(start, start);
    if (circle === null) continue;
    for (const path of circle) done.add(path);
    if (circle.some(awaitsImport)) circles.push(circle);
  }
  return circles;
}

/** The shortest way of imports from one module to another, without the last one. */
function pathBetween(start: string, end: string): string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const path of queue) {
    for (const next of imports.get(path) ?? []) {
      if (next === end) {
        const way = [path];
        while (way[0] !== start) way.unshift(cameFrom.get(way[0]!)!);
        return way;
      }
      if (cameFrom.has(next) || next === start) continue;
      cameFrom.set(next, path);
      queue.push(next);
    }
  }
  return null;
}

function awaitsImport(path: string): boolean {
  return /\bawait\b[\s\S]*?\bimport\s*\(/.test(readText(path) ?? "");
}
