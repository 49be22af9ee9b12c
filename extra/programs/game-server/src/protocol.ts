/** What travels over the socket: JSON for everything, and two binary messages for what is sent often. */
export const enum Op {
  Drop = 0x01,
  Ping = 0x02,
  Pong = 0x82,
  Dropped = 0x81,
}

export enum Disc {
  None,
  Red,
  Yellow,
}

export namespace Client {
  export interface Join {
    type: "join";
    name: string;
  }
  export interface Chat {
    type: "chat";
    text: string;
  }
  export interface Drop {
    type: "drop";
    column: number;
  }
  export interface Simple {
    type: "board" | "rematch" | "leave" | "whoami";
  }
  export type Message = Join | Chat | Drop | Simple;
}

export namespace Close {
  export const BadMessage = 4000;
  export const RoomFull = 4001;
  export const Left = 4002;

  export function reason(code: number) {
    switch (code) {
      case BadMessage:
        return "bad message";
      case RoomFull:
        return "the room is full";
      default:
        return "bye";
    }
  }
}

export function parse(text: string): Client.Message {
  const message = JSON.parse(text);
  if (typeof message?.type !== "string") throw new Error("a message needs a type");
  return message as Client.Message;
}

export function dropped(column: number, row: number, disc: Disc): Uint8Array {
  return new Uint8Array([Op.Dropped, column, row, disc]);
}
