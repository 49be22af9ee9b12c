/** What engines hold, and how long they wait. */

const MIB: number = 1024 * 1024;

/** The first delay before another attempt to connect is below this; each next one may be twice as long. */
export const FIRST_DELAY_MS = 50;
export const MOST_DELAY_MS = 5000;

/** Bytes of one message between the processes of a machine, and of one frame with a list of channels. */
export const LOCAL_MESSAGE_BYTES: number = 32 * MIB;

/** A longer frame ends the connection that it came by. The answer to a read may be all that a hub keeps. */
export const LOCAL_FRAME_BYTES: number = 72 * MIB;

/**
 * What the hub holds for a process that does not read: as much as a WebSocket's default `backpressureLimit`. Beyond it the process is
 * disconnected, and so learns that it has missed something: dropping messages in silence would hide it.
 */
export const LOCAL_BACKLOG_BYTES: number = 16 * MIB;

/** Frames of one read of the hub's histories, behind the first: the one that passes the limit is the last one. */
export const LOCAL_SLICE_BYTES: number = 512 * 1024;

/** A process for which so much waits gets the answers to its next reads when it has read. */
export const LOCAL_READ_BYTES: number = 4 * MIB;

/** Reads of a process that wait. One that asks for more is disconnected. */
export const LOCAL_READS = 65_536;

/** What each piece that waits costs besides its bytes: an entry of a list and a view. */
export const PIECE_COST = 128;

/** A hub that does not greet for so long counts as dead: it is stopped, or its event loop hangs. */
export const LOCAL_HELLO_MS = 3000;

/** A peer that is left has so long to read what was sent to it. */
export const LOCAL_END_MS = 1000;

/** The hub looks so often whether the path is still its own: another process may have taken it, and cleaners of /tmp may have removed it. */
export const LOCAL_WATCH_MS = 1000;

/** The longest path of a Unix socket that macOS takes, 104 bytes with the end mark. Linux takes four more. */
export const SOCKET_PATH_BYTES = 103;

/** Channels of one request to subscribe: the engine serves others in between. */
export const BATCH_CHANNELS = 512;

/** The names of one request, if they are long. A longer name is in a request of its own. */
export const BATCH_CHARACTERS: number = 256 * 1024;

/**
 * Bytes of one frame over Valkey or Redis. By default the server disconnects a subscriber for which 32 MiB wait
 * (`client-output-buffer-limit pubsub`). A message of the default `maxPayloadLength`, 16 MiB, fits in with its heads.
 */
export const VALKEY_FRAME_BYTES: number = 16 * MIB + 64 * 1024;

/** Frames, and their bytes, of one script: the server does nothing else meanwhile. A longer frame leaves by a command of its own. */
export const SCRIPT_FRAMES = 256;
export const SCRIPT_BYTES: number = MIB;
export const SCRIPT_FRAME_BYTES: number = 64 * 1024;

/** Scripts for appends that differ by their numbers only. A server keeps each that it has ever run, of 6.3 KB (Redis 7.0). */
export const SCRIPT_VARIANTS = 1024;

/** Frames of one read of a history, behind the first: the one that passes the limit is the last one. */
export const VALKEY_SLICE_BYTES: string = String(MIB);

/** The epoch of a history is kept so many times longer than its messages. */
export const EPOCH_FACTOR = 24;

/** And at least so long: all instances may be away for a moment. */
export const LEAST_EPOCH_MS = 600_000;

/** The epochs of subscribed histories are looked at so often, and so many refreshed at once at most: more, if they are more than 30,720. */
export const REFRESH_MS = 20_000;
export const REFRESHES = 4096;

/** Connecting, the login included, takes this long at most. */
export const CONNECT_MS = 5000;

/** What was published is waited for this long when the engine is closed. */
export const LEAVE_MS = 1000;

/** The default `max_payload` of NATS. The server tells its own when it is connected. */
export const NATS_FRAME_BYTES: number = MIB;

/** What the server adds to a frame of a history, and counts. */
export const NATS_HEADER_BYTES = 256;

/** A frame of a history has at most so many messages: each has a number between those of two frames. */
export const NATS_STRIDE = 65_536;

/** All histories of a program over NATS, together, in a stream that was not made by hand. */
export const NATS_HISTORY_BYTES: number = 256 * MIB;

/** NATS knows a frame that comes a second time for so long. The queue of a relay has a minute at most. */
export const NATS_RETRY_MS = 120_000;

/** Frames of one read of a history come until they are so many bytes; one more may come behind them. */
export const NATS_SLICE_BYTES: number = MIB;

/** Reads of histories at once: each is a consumer at the server. */
export const NATS_READS = 16;

/** JetStream has so long to answer. Then the connection is made anew. */
export const NATS_ANSWER_MS = 5000;

/** A stream that another instance makes is looked at so often. */
export const NATS_LOOK_MS = 10;

/** A longer subject is replaced by a hash: the server refuses lines of more than 4,096 bytes (`max_control_line`). */
export const NATS_SUBJECT_BYTES = 1024;
