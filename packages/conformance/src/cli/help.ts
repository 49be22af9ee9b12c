export const HELP = `mantou-conformance URL [WEBSOCKET-URL]

Sends generated requests, valid and malformed, to the HTTP/1.1 server at URL, and says which sentences of
RFC 9110 and RFC 9112 it breaks, each with the fewest bytes that show it.
At a ws or wss URL, alone or behind the other, it does the same for RFC 6455 and RFC 7692; the rules about messages need
an application there that echoes them.

  --only ID, --skip ID   rules whose id contains the text; several, or with commas
  --level must|should    must leaves out what the RFCs only recommend
  --seed N               the same trials as in an earlier run
  --runs N               trials of one rule (100)
  --time SECONDS         for one rule (10)
  --concurrency N        rules at once, each with one connection, or three while it repeats a violation; 1: never more than one (8)
  --timeout MS           silence after which the server does not answer (2000)
  --tls                  speak TLS; certificates are not verified
  --unix PATH            connect to a Unix socket
  --path PATH            of the requests, in place of the URL's
  --method METHOD        of requests that need no certain one (GET)
  --echo PATH            an endpoint that keeps the echo contract (docs/echo.md): more rules apply
  --via URL              a proxy; --origin listen:PORT is where it passes requests on to: the runner listens
                         there, and compares what it sends with what arrives
  --proxy-protocol       the server reads the PROXY protocol: only the rules of its headers
  --client -- COMMAND    examine a client instead: COMMAND is run for each trial, with its URLs for {url} (docs/client.md);
                         without COMMAND whatever connects is examined; --listen PORT is where
  --stay                 COMMAND is started once, and reads a line for each trial
  --save DIR             write each violation as a case file
  --replay FILE          send a case file's bytes again
  --baseline FILE        an earlier run's --json: only what is not broken there fails
  --json                 the report for machines; --junit for CI systems, --markdown as a document
  --html                 the report as one page: mantou-conformance URL --html > report.html
  --allow-remote         examine a server on another machine
  --rules                list the rules

Exit code: 0 if no rule is broken (or none but those of the baseline), 1 if one is, 2 if the target cannot be examined, or
case files not saved.
It makes at most three times --concurrency connections at once and reads at most 4 MiB on each. Its requests are GET, HEAD, OPTIONS,
POST, PUT, PATCH, DELETE and TRACE to the path: point it at a server whose data may be lost.
`;
