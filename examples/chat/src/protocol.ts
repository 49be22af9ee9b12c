// The messages between page and server: one JSON object each, over mantou.topics.1.
// The server serves the compiled form of this file to the page as /protocol.js, so both sides apply the same limits.

/**
 * Upper bounds, in UTF-16 code units like the `maxlength` of an input field, except `history` and `kept`: how many messages of a room a
 * newcomer gets, and how many one that comes back may have missed.
 */
export const limits = {
  name: 24,
  room: 32,
  text: 1000,
  ref: 40,
  history: 50,
  kept: 500,
} as const;

/** The room of a page without `#room` in its address. */
export const defaultRoom = "lobby";

/** The topic of a room. It has a history of what is said, and its members are the people. */
export function topicOf(room: string): string {
  return `room:${room}`;
}

/**
 * A connected person, who is a member of the room's topic by this. `id` lasts as long as the connection; `name` is unique on the instance
 * and may change.
 */
export type Person = { id: string; name: string };

/** One line of talk. `at` is milliseconds since 1970; `ref` is its sender's own name for it, to know that it arrived. */
export type ChatMessage = {
  type: "message";
  id: string;
  from: Person;
  text: string;
  at: number;
  ref?: string;
};

/** The messages of a page. The name and the first room travel in the address: `/ws?name=Ann&room=lobby`. */
export type ClientMessage =
  | { type: "say"; text: string; ref?: string }
  | { type: "rename"; name: string }
  | { type: "join"; room: string };

/** Why a message was refused. */
export type ErrorCode = "bad_json" | "bad_message" | "bad_text" | "bad_name" | "bad_room";

/** The messages of the server. */
export type ServerMessage =
  | { type: "welcome"; room: string; you: Person }
  | ChatMessage
  | { type: "error"; code: ErrorCode; message: string };

/** A refusal, ready to be sent. */
export type ErrorMessage = Extract<ServerMessage, { type: "error" }>;

/** Makes the `error` message for an input that cannot be accepted. */
export function refuse(code: ErrorCode, message: string): ErrorMessage {
  return { type: "error", code, message };
}

/**
 * A name in its shown form: one line, single spaces, no invisible characters, at most `limits.name` long.
 * Returns `null` if nothing is left or it is too long.
 */
export function cleanName(name: string): string | null {
  // Cc, Cf and Cs are controls, invisible format characters (text direction, zero width) and lone surrogates. They go
  // first: one may stand between a letter and its accent, which NFKC then joins. NFKC folds look-alike forms
  // (full-width letters, ligatures), so that two people cannot both look like "Ann".
  const clean = name
    .replace(/\s+/gu, " ")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "")
    .normalize("NFKC")
    .replace(/\s+/gu, " ")
    .trim();
  return clean.length > 0 && clean.length <= limits.name ? clean : null;
}

/**
 * A room in its form for the address: lower case, words joined by "-", at most `limits.room` long.
 * Returns `null` if it has anything but letters, digits, "-" and "_".
 */
export function cleanRoom(room: string): string | null {
  // Normalized before and after the lower case: each step can undo the other's result.
  const lower = room.normalize("NFKC").toLowerCase().normalize("NFKC");
  const clean = lower.trim().replace(/\s+/gu, "-");
  return clean.length <= limits.room && /^[\p{L}\p{M}\p{N}_-]+$/u.test(clean) ? clean : null;
}

/** The text of a message without surrounding blanks; `null` if it is empty or longer than `limits.text`. */
export function cleanText(text: string): string | null {
  const clean = text.trim();
  return clean.length > 0 && clean.length <= limits.text ? clean : null;
}

/**
 * Parses a page's message. It never throws: an invalid message gives the `error` to send back, because any program
 * can connect and send any bytes.
 */
export function parseClientMessage(raw: string): ClientMessage | ErrorMessage {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return refuse("bad_json", "That was not JSON.");
  }
  if (!isObject(value)) return refuse("bad_message", "A message is a JSON object.");

  switch (value["type"]) {
    case "say": {
      const text = typeof value["text"] === "string" ? cleanText(value["text"]) : null;
      if (text === null) return refuse("bad_text", `A message has 1 to ${limits.text} characters.`);
      const ref = value["ref"];
      if (ref === undefined) return { type: "say", text };
      if (typeof ref === "string" && ref.length <= limits.ref) return { type: "say", text, ref };
      return refuse("bad_message", `"ref" is a string of up to ${limits.ref} characters.`);
    }
    case "rename": {
      const name = typeof value["name"] === "string" ? cleanName(value["name"]) : null;
      if (name === null) return refuse("bad_name", `A name has 1 to ${limits.name} characters.`);
      return { type: "rename", name };
    }
    case "join": {
      const room = typeof value["room"] === "string" ? cleanRoom(value["room"]) : null;
      if (room === null) return refuse("bad_room", roomRule);
      return { type: "join", room };
    }
    default:
      return refuse("bad_message", 'The type of a message is "say", "rename" or "join".');
  }
}

/** The rule for a room's name, in words. */
export const roomRule: string = `A room has 1 to ${limits.room} letters, digits, "-" or "_".`;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
