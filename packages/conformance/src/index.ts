/** A black-box runner of conformance tests for HTTP/1.1 and WebSocket servers and clients. */
export { conformanceTests, type TestRunner } from "./conformance-tests.ts";
export type { Exchange, Outcome, Piece, Response, Trial } from "./exchange/exchange.ts";
export type { ClientFacts } from "./rules/client/facts.ts";
export { clientRules } from "./rules/client/index.ts";
export type { ClientRule } from "./rules/client/judges.ts";
export type { EchoFacts, Facts, Followed } from "./rules/facts.ts";
export { http1Rules } from "./rules/http1/index.ts";
export type { Finding, Requirement, Rule, Site } from "./rules/rule.ts";
export type { DeflateAgreement, WebSocketFacts } from "./rules/websocket/facts.ts";
export { websocketRules } from "./rules/websocket/index.ts";
export { type CheckOptions, check, type Run, rules, start } from "./run/check.ts";
export { type ClientOptions, startClient } from "./run/check-client.ts";
export type { Verdict, Violation } from "./run/verdict.ts";
export { type Call, type Caller, commandCaller } from "./target/caller.ts";
export { stayingCaller } from "./target/staying-caller.ts";
export { type Target, TargetError, type TargetOptions } from "./target/target.ts";
