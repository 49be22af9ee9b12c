import { expect, it } from "vitest";
import * as arbitraries from "../src/arbitraries/index.ts";
import * as http1 from "../src/index.ts";

it("the public names are these", () => {
  expect(Object.keys(http1).sort()).toEqual([
    "ClientConnection",
    "DEFAULT_LIMITS",
    "ERRORS",
    "FieldBlock",
    "Fields",
    "ProtocolError",
    "ServerConnection",
    "UsageError",
    "absoluteFormAuthority",
    "isFieldValue",
    "isToken",
    "listMembers",
    "reasonPhrases",
  ]);
  expect(Object.keys(arbitraries)).toEqual(expect.arrayContaining(["validRequest", "validResponse"]));
});
