/** Bytes of a member's JSON: a name and a few fields. Each instance with the topic holds it. */
export const MEMBER_BYTES = 2048;

/** Members of one topic at one instance. */
export const MOST_MEMBERS = 16_384;

/** Bytes of the members in one record. It fits in a frame of a control channel (`CONTROL_BYTES`) with a long name of a topic. */
export const PART_BYTES: number = 32 * 1024;

/** An instance that has not answered for so long is asked again, and then after twice as long each time. */
export const ASK_AGAIN_MS = 2000;
export const MOST_ASK_AGAIN_MS = 8000;

/** So much of the time between two ticks counts: a process that has slept has not read the answers yet. */
export const MOST_TICK_MS = 500;

/** `members` waits so long for the instances that have not answered. */
export const MEMBERS_MS = 1000;

/** Calls of `members` that wait. Beyond, a call gets what this instance knows. */
export const MOST_WAITING = 1024;

/** Other instances answer the greeting of one that came up within this time, if they are not busy. Until then it does not know whom to ask. */
export const GREETING_MS = 250;
