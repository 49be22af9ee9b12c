/** Sessions that a request may name: those that one page has had lately. */
export const MOST_NAMES = 4;

/** Requests of one message. */
export const MOST_REQUESTS = 64;

/** Characters of one request: a topic, which may be quoted, and two positions. */
export const REQUEST_CHARACTERS = 4096;

/** Characters of all requests of one message. */
export const REQUESTS_CHARACTERS: number = 64 * 1024;

/** Requests that a client may send before it is told anything. */
export const FIRST_REQUESTS = 16;

/** And so many more for each `+`, `!` and `-` that it was sent, unless that is all of the answer to a request. A correct client needs three: one may cross the next line, and one follows an answer with `!`. */
export const REQUESTS_A_LINE = 4;

/** Last messages that a client without a position may ask for. */
export const MOST_LAST = 9999;

/** Messages of a page: the client takes it before the next one is sent. */
export const PAGE_MESSAGES = 128;

/** The same in bytes, of all replays of a client. A page ends behind the message that exceeds it. */
export const PAGE_BYTES: number = 64 * 1024;

/** Changes of members that were left out for a client that does not keep up, of all its topics. Beyond it gets the list again. */
export const LEFT_OUT_BYTES: number = 64 * 1024;

/** A longer list of members is made anew once in `LIST_PAUSE_MS`, for all that have asked meanwhile: many clients may come one after the other. */
export const LIST_BYTES: number = 16 * 1024;
export const LIST_PAUSE_MS = 100;

/** Bytes of the list of a topic's members. The client is told how many others there are. */
export const MOST_LIST_BYTES: number = 1024 * 1024;

/** Bytes of one line that tells which members have come, or left. More of them are told in more lines. */
export const CHANGE_BYTES: number = 64 * 1024;

/** Messages of history topics that are kept in the form of topic clients, of the whole server. They are made again beyond it. */
export const FORMS_BYTES: number = 8 * 1024 * 1024;
