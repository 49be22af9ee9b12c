import type { IncomingRequest } from "@mantou/http1";
import { Response } from "../fetch/response.ts";
import { describeError } from "./error-report.ts";
import { errorHTML } from "./html.ts";
import { errorText } from "./text.ts";

/** The response to a handler's error outside of development. It tells the client nothing about the error. */
export function plainError(): Response {
  return new Response("Internal Server Error", { status: 500 });
}

/**
 * Message, stack and source for the developer: a page for browsers, and text for clients that do not ask for HTML. The page shows
 * source code and file paths, so that it is for development only.
 * @param head the request's; null for a request without a connection
 */
export function errorPage(error: unknown, head: IncomingRequest | null): Response {
  const report = describeError(error);
  if (head === null || !asksForHTML(head.fields.get("accept"))) {
    return new Response(`${errorText(report)}\n`, {
      status: 500,
      headers: { "Content-Type": "text/plain;charset=utf-8" },
    });
  }
  return new Response(errorHTML(report, `${head.method} ${head.target}`), {
    status: 500,
    headers: {
      "Content-Type": "text/html;charset=utf-8",
      // The page is escaped. This keeps text that a mistake would leave unescaped from running as a script.
      "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    },
  });
}

/** Browsers name `text/html` when they open a page. `curl` and `fetch` accept any type: they get text (RFC 9110 §12.5.1). */
function asksForHTML(accept: string | null): boolean {
  return (accept ?? "").split(",").some((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    return type === "text/html" && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
  });
}
