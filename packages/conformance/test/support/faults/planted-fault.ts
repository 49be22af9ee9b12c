import type { Fault } from "../faulty-server.ts";

/** A fault, the rule that must find it, and the shortest input that shows it, written by hand for the host `h`. */
export interface PlantedFault extends Fault {
  readonly name: string;
  readonly rule: string;
  readonly shortest: (h: string) => string;
}

export const get = (h: string, more = ""): string => `GET / HTTP/1.1\r\nHost: ${h}\r\n${more}\r\n`;
export const post = (h: string, lines: string, content = ""): string =>
  `POST / HTTP/1.1\r\nHost: ${h}\r\n${lines}\r\n${content}`;
export const canary = (h: string): string => get(h, "Connection: close\r\n");
export const chunked = (h: string, body: string): string =>
  post(h, "Transfer-Encoding: chunked\r\n", body) + canary(h);
