import fc from "fast-check";
import type { Facts } from "../facts.ts";
import { accepted, answers, judged, refused, refusedSomehow } from "../judges.ts";
import { canary, deciding, exchange, head, plain, post, trial, withLines } from "../requests.ts";
import type { Rule } from "../rule.ts";

const CLOSED =
  "a 4xx or 5xx (400), and the connection closed: nothing behind such a request has a known meaning";

/** Nothing shows then where it takes content to end; rfc9112/9.3.2/pipelining says that it does so. */
const LOSES_PIPELINED = "it does not answer pipelined requests";

/** The same for requests with content. */
const losesBehindContent = ({ pipelines, post }: Facts): string | null => {
  if (!pipelines) return LOSES_PIPELINED;
  return post.persists && !post.pipelines ? "it does not answer what is pipelined behind content" : null;
};

/** RFC 9112 §6.2 and §6.3: how many bytes a request's content has. */
export const contentLength: readonly Rule[] = [
  {
    id: "rfc9112/6.3/cl-invalid",
    level: "must",
    section: "RFC 9112 §6.3",
    security: true,
    says: "A request with an invalid Content-Length is refused, and the connection closed.",
    arbitrary: (site) =>
      withLines(
        site,
        fc
          .constantFrom(
            "x",
            "+5",
            "-5",
            "-1",
            "0x5",
            "5 5",
            "5,6",
            "1e1",
            "5.0",
            "5;",
            "\xb2",
            "1_0",
            "NaN",
            "Infinity",
            "0b1",
            "5, x",
          )
          .map((value) => [`Content-Length: ${value}`]),
        { method: "POST", closes: true },
      ),
    judge: refusedSomehow(true, CLOSED),
    mostRuns: 80,
  },
  {
    id: "rfc9112/6.3/cl-empty",
    level: "should",
    section: "RFC 9112 §6.3",
    security: true,
    says: "A request with a Content-Length that has no number is refused, and the connection closed.",
    debatable:
      "an empty value is a list without members, and a NUL may be replaced by a space before the value is read",
    arbitrary: (site) =>
      withLines(
        site,
        fc.constantFrom("", ",", "5\x00").map((value) => [`Content-Length: ${value}`]),
        { method: "POST", closes: true },
      ),
    judge: refusedSomehow(true, CLOSED),
    mostRuns: 12,
  },
  {
    id: "rfc9112/6.3/cl-two-values",
    level: "must",
    section: "RFC 9112 §6.3",
    security: true,
    says: "A request with two Content-Length lines that differ is refused, and the connection closed.",
    arbitrary: (site) => {
      const long = `${canary(site).length}`;
      return fc.constantFrom([long, "0"], ["0", long], ["5", "6"], [long, "x"]).map((values) =>
        trial(
          post(
            site,
            values.map((value) => `Content-Length: ${value}`),
            canary(site),
          ),
          ["POST"],
        ),
      );
    },
    judge: refusedSomehow(true, CLOSED),
    mostRuns: 12,
  },
  {
    id: "rfc9112/6.3/cl-status",
    level: "must",
    section: "RFC 9112 §6.3",
    says: "The status by which an invalid or doubtful Content-Length is refused is 400.",
    arbitrary: (site) =>
      fc.constantFrom(["x"], ["-1"], ["5", "6"]).map((values) =>
        deciding(
          post(
            site,
            values.map((value) => `Content-Length: ${value}`),
          ),
          "POST",
        ),
      ),
    judge: refused([400], false, "400"),
    mostRuns: 3,
  },
  {
    id: "rfc9110/8.6/cl-too-large",
    level: "must",
    section: "RFC 9110 §8.6",
    security: true,
    says: "Large numerals are anticipated: a length that no integer holds is not read as a smaller one.",
    arbitrary: (site) =>
      fc
        .constantFrom(2n ** 32n, 2n ** 64n, 2n ** 64n + 5n, 2n ** 32n + 5n, 2n ** 53n + 1n, 10n ** 30n + 5n)
        .map((length) => {
          const exchanges = trial(post(site, [`Content-Length: ${length}`], `hello${canary(site)}`), [
            "POST",
          ]).exchanges;
          return { exchanges };
        }),
    // To wait for so much content is right; it may be answered before it has come.
    judge: judged("no response to the canary, which is content", ([outcome]) => answers(outcome!) <= 1),
    mostRuns: 12,
  },
  {
    id: "rfc9112/6.3/cl-content",
    level: "must",
    section: "RFC 9112 §6.2, §6.3",
    security: true,
    says: "A request's content is as many bytes as Content-Length says, a request within it too: what is behind it is the next request.",
    applies: (facts) => {
      const { status, persists } = facts.post;
      const closes = `it closes the connection after POST (${status}), so that no next request shows where the content ended`;
      return losesBehindContent(facts) ?? (persists ? null : closes);
    },
    arbitrary: (site) =>
      fc
        .tuple(
          fc.constantFrom("hello", "\r\n", "", canary(site), "0\r\n\r\n", plain(site), "\x00\xff\r\n\r\n"),
          fc.constantFrom("", "0", "00000"),
        )
        .map(([content, zeros]) =>
          trial(`${post(site, [`Content-Length: ${zeros}${content.length}`], content)}${canary(site)}`, [
            "POST",
            "GET",
          ]),
        ),
    judge: accepted("two responses: to the POST, and to the request behind its content", [400, 501], true),
    mostRuns: 40,
  },
  {
    id: "rfc9112/6.3/get-with-content",
    level: "must",
    section: "RFC 9112 §6.3, §9.3",
    security: true,
    says: "GET and HEAD may have content, which is read or the connection closed: it is never taken for the next request.",
    applies: losesBehindContent,
    arbitrary: (site) =>
      fc
        .tuple(fc.constantFrom("GET", "HEAD", "DELETE", "OPTIONS"), fc.boolean())
        .map(([method, isChunked]) => {
          // Were it a request, the canary behind it would be the third.
          const hidden = plain({ ...site, method: "GET" });
          const lines = isChunked ? ["Transfer-Encoding: chunked"] : [`Content-Length: ${hidden.length}`];
          const content = isChunked ? `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n` : hidden;
          const text = head(`${method} ${site.path} HTTP/1.1`, [`Host: ${site.host}`, ...lines]);
          return { exchanges: [exchange(`${text}${content}${canary(site)}`, [method, "GET"])] };
        }),
    judge: judged("at most two responses, for GET and the request behind it", ([outcome]) => {
      const { responses } = outcome!;
      // One response and the connection closed is right. A 400 as the second shows that content was read as a request.
      return (
        responses.length <= 2 &&
        !(responses.length === 2 && responses[1]!.status === 400) &&
        outcome!.error === null &&
        outcome!.end !== "open"
      );
    }),
    mostRuns: 16,
  },
  {
    id: "rfc9112/6.3/no-framing-no-content",
    level: "must",
    section: "RFC 9112 §6.3",
    says: "A request without Transfer-Encoding and Content-Length has no content, whatever its method.",
    applies: ({ pipelines }) => (pipelines ? null : LOSES_PIPELINED),
    // The second one shows what the application says to no content, however the server knows of it.
    arbitrary: (site) =>
      fc.constantFrom("GET", "POST", "PUT", "DELETE", "OPTIONS").map((method) => ({
        exchanges: [[], ["Content-Length: 0"]].map((lines) =>
          exchange(
            `${head(`${method} ${site.path} HTTP/1.1`, [`Host: ${site.host}`, ...lines])}${canary(site)}`,
            [method, "GET"],
          ),
        ),
      })),
    judge: judged(
      "two responses (or one that closes the connection), none a 400 that Content-Length: 0 does not get",
      ([without, withZero]) => {
        const { responses } = without!;
        const [first, second] = responses;
        if (first === undefined || responses.length > 2 || second?.status === 400) return false;
        // One that reads until the end does not close first; that a close was not said is the matter of another rule.
        if (second === undefined && first.keepAlive && without!.end !== "closed") return false;
        return first.status !== 400 || withZero!.responses[0]?.status === 400;
      },
    ),
    mostRuns: 5,
  },
];
