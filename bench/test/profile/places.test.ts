import { describe, expect, it } from "vitest";
import { placeNames, placeOf, sharesByPlace } from "../../src/profile/places.ts";

describe("placeOf", () => {
  it.each([
    ["kernel", "[kernel.kallsyms]", "tcp_sendmsg_locked"],
    ["JavaScript of the server", "perf-1.map", "JS:*'receive file:///a/packages/serve/dist/core.js:5388:9"],
    ["JavaScript of the server", "perf-1.map", "JS:~handler file:///a/bench/dist/servers/handlers.js:3:1"],
    ["JavaScript of Node.js", "perf-1.map", "JS:*onStreamRead node:internal/stream_base_commons:170:22"],
    ["V8: builtins", "node", "Builtins_CallApiCallbackOptimizedNoProfiling"],
    ["V8: builtins", "perf-1.map", "RegExp:^[a-z]+$"],
    ["V8: collector", "node", "v8::internal::Scavenger::ScavengePage(v8::internal::MutablePage*)"],
    ["V8: collector", "node", "heap::base::Stack::IteratePointersImpl"],
    ["V8: compilers", "node", "v8::internal::compiler::turboshaft::GraphVisitor::VisitBlock"],
    ["V8: other", "node", "v8::FunctionTemplate::New(v8::Isolate*)"],
    ["libuv", "node", "uv__io_poll"],
    ["Node.js: C++", "node", "node::StreamBase::WriteString<(node::encoding)4>"],
    [
      "Node.js: C++",
      "node",
      "non-virtual thunk to node::LibuvStreamWrap::DoTryWrite(uv_buf_t**, unsigned long*)",
    ],
    ["OpenSSL", "node", "aes_gcm_dec_update_vaes_avx512"],
    ["OpenSSL", "node", "SSL_read"],
    ["OpenSSL", "node", "ossl_gcm_stream_update"],
    ["zlib", "node", "Cr_z_deflate_fast"],
    ["C library", "libc.so.6", "__memmove_avx512_unaligned_erms"],
    ["other", "bun", "0x0000000001234567"],
  ])("is %s for a function of %s: %s", (place, object, symbol) => {
    expect(placeOf({ object, symbol, share: 1 })).toBe(place);
    expect(placeNames).toContain(place);
  });
});

describe("sharesByPlace", () => {
  it("adds up", () => {
    const shares = sharesByPlace([
      { object: "node", symbol: "uv_run", share: 0.25 },
      { object: "[kernel.kallsyms]", symbol: "tcp_ack", share: 0.5 },
      { object: "node", symbol: "uv__io_poll", share: 0.125 },
    ]);
    expect([...shares]).toEqual([
      ["libuv", 0.375],
      ["kernel", 0.5],
    ]);
  });
});
