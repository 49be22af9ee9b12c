import type { Rule } from "../rule.ts";
import { chunkExtensionRules } from "./chunk-extensions.ts";
import { chunks } from "./chunked.ts";
import { contentLength } from "./content-length.ts";
import { echo } from "./echo.ts";
import { echoFields } from "./echo-fields.ts";
import { expectations } from "./expect.ts";
import { fields } from "./fields.ts";
import { headMethod } from "./head-method.ts";
import { hiddenCodings } from "./hidden-codings.ts";
import { host } from "./host.ts";
import { persistence } from "./persistence.ts";
import { pipelining } from "./pipelining.ts";
import { requestLine } from "./request-line.ts";
import { requestTarget } from "./request-target.ts";
import { responses } from "./responses.ts";
import { transferEncoding } from "./transfer-encoding.ts";

/** The rules of HTTP/1.1. Those of an echo come last; the others need no help from the target. */
export const http1Rules: readonly Rule[] = [
  ...requestLine,
  ...requestTarget,
  ...host,
  ...fields,
  ...hiddenCodings,
  ...transferEncoding,
  ...contentLength,
  ...chunks,
  ...chunkExtensionRules,
  ...pipelining,
  ...persistence,
  ...headMethod,
  ...expectations,
  ...responses,
  ...echo,
  ...echoFields,
];
