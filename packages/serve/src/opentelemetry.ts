/** Requests as spans of OpenTelemetry, which is passed in: this entry loads nothing of it. */
export {
  instrumentOpenTelemetry,
  type OpenTelemetryAPI,
  type OpenTelemetryOptions,
  type OpenTelemetrySpan,
} from "./trace/opentelemetry.ts";
