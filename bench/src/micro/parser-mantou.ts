import {
  ClientConnection,
  type ClientEvent,
  FieldBlock,
  type OutgoingRequest,
  type OutgoingResponse,
  type Output,
  ServerConnection,
  type ServerEvent,
} from "@mantou/http1";
import type { MicroCase, Tally } from "./cases.ts";

/** Nothing is sent anywhere; a property that is written keeps the text from being optimised away. */
class Discard implements Output {
  last: string | Uint8Array = "";

  text(latin1: string): void {
    this.last = latin1;
  }

  bytes(chunk: Uint8Array): void {
    this.last = chunk;
  }
}

const RESPONSE: OutgoingResponse = { status: 200, fields: new FieldBlock(["Content-Type", "text/plain"]) };
const request: OutgoingRequest = {
  method: "GET",
  target: "/",
  fields: new FieldBlock(["Host", "example.org"]),
};

/**
 * `@mantou/http1`. On a connection of many requests each gets a response, since the machine reads the next one only then. On a
 * client's connection each operation sends a request, since the machine refuses a response without one.
 *
 * @param splitFields reads every field, as the other parsers always do; otherwise only those that framing needs
 */
export function mantou(input: MicroCase, tally: Tally, splitFields: boolean): () => void {
  return input.role === "request"
    ? serverSide(input, tally, splitFields)
    : clientSide(input, tally, splitFields);
}

function serverSide({ pieces, fresh }: MicroCase, tally: Tally, splitFields: boolean): () => void {
  const output = new Discard();
  let connection = new ServerConnection(output);
  return () => {
    if (fresh) connection = new ServerConnection(output);
    for (const piece of pieces) {
      connection.receive(piece);
      for (let event = connection.next(); event !== null; event = connection.next()) {
        count(event, tally, splitFields);
        if (!fresh && event.type === "end") connection.respond(RESPONSE, null);
      }
    }
  };
}

function clientSide({ pieces, fresh }: MicroCase, tally: Tally, splitFields: boolean): () => void {
  const output = new Discard();
  let connection = new ClientConnection(output);
  return () => {
    if (fresh) connection = new ClientConnection(output);
    connection.request(request, null);
    for (const piece of pieces) {
      connection.receive(piece);
      for (let event = connection.next(); event !== null; event = connection.next()) {
        count(event, tally, splitFields);
      }
    }
  };
}

function count(event: ServerEvent | ClientEvent, tally: Tally, splitFields: boolean): void {
  switch (event.type) {
    case "request":
    case "response":
      if (splitFields) tally.fields += event.fields.list.length / 2;
      break;
    case "data":
      tally.bodyBytes += event.bytes.length;
      break;
    case "end":
      tally.messages++;
  }
}
