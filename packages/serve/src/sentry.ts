/** Requests as transactions of Sentry, and their errors, by an SDK that is passed in: this entry loads nothing of it. */
export { instrumentSentry, type SentryScope, type SentrySDK, type SentrySpan } from "./trace/sentry.ts";
