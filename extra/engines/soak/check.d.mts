export interface Fault {
  readonly from: number;
  readonly to: number;
  readonly what: string;
  readonly instance?: string;
}

export interface Told {
  readonly t: number;
  readonly instance: string;
  readonly event: string;
}

export interface Counts {
  connections: number;
  sent: number;
  expected: number;
  received: number;
  lost: number;
  /** By fault. */
  lostIn: Map<string, number>;
}

export function check(
  lines: Iterable<string>,
  faults: readonly Fault[],
  told: readonly Told[],
): { problems: string[]; counts: Counts };

export function isFlat(samples: readonly number[]): { before: number; after: number; isFlat: boolean } | null;
