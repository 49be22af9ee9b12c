/** A port of 127.0.0.1 that stays free unless it is asked for. */
export declare function freePort(): Promise<number>;
