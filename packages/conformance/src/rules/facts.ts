import type { Response } from "../exchange/exchange.ts";

/** What an echo endpoint has shown. */
export interface EchoFacts {
  readonly path: string;
  /** A request in the same packet as a POST is answered. */
  readonly pipelines: boolean;
  /** A GET gets a 200 without content, as the contract has it, and one behind a POST too. Other applications echo a POST only. */
  readonly gets: boolean;
  /** It shows values of the field X-Echo, and methods: the rows that need them apply. */
  readonly values: boolean;
  readonly methods: boolean;
  /** It shows the trailer field X-Echo. */
  readonly trailers: boolean;
}

/** A response, and whether the server goes on behind it. */
export interface Followed {
  readonly status: number;
  /** A request that is sent behind the response is answered. */
  readonly persists: boolean;
  /** One in the same packet is answered. */
  readonly pipelines: boolean;
}

/** What the probe has learnt of the target: rules that need a certain behaviour apply by it. */
export interface Facts {
  /** The response to the plain request. */
  readonly plain: Response;
  /** Some plain GETs got equally long responses, so that their lengths can be compared. */
  readonly isStable: boolean;
  /** A second request on the same connection is answered. */
  readonly persists: boolean;
  /** The status for HEAD, or 0 if there is no response. */
  readonly head: number;
  /** A second plain request in the same packet is answered. */
  readonly pipelines: boolean;
  /** The response to POST with a Content-Length. */
  readonly post: Followed;
  /** The same for POST in the chunked coding. */
  readonly chunked: Followed;
  /** The status for a method that is not registered. */
  readonly unknownMethod: number;
  /** Null if there is no echo endpoint. */
  readonly echo: EchoFacts | null;
  /** A request without Host is refused. */
  readonly needsHost: boolean;
  /** Milliseconds from the start of a connection to the end of a response. */
  readonly latency: number;
}
