import { expect, it } from "vitest";
import { instrumentOpenTelemetry } from "../../src/opentelemetry.ts";
import { instrumentSentry } from "../../src/sentry.ts";

it.each([
  undefined,
  null,
  {},
  { default: {} },
])("a tracer is not made of %j: the error says what to import", (given) => {
  expect(() => instrumentOpenTelemetry(given as never)).toThrow(
    new TypeError('instrumentOpenTelemetry() takes the module: import * as api from "@opentelemetry/api"'),
  );
  expect(() => instrumentSentry(given as never)).toThrow(
    new TypeError('instrumentSentry() takes the module: import * as Sentry from "@sentry/node"'),
  );
});
