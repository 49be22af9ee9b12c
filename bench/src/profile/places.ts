/**
 * The places of a server's CPU time, by which a profile is summed up. A function belongs to the first place that takes it.
 */

/** One line of a profile: a function, where its code is, and its share of all samples, 0 to 1. */
export interface Sampled {
  /** The file of the machine code, "[kernel.kallsyms]", or a map of compiled JavaScript. */
  readonly object: string;
  /** As perf names it; V8 names compiled functions "JS:*name file:line:column". */
  readonly symbol: string;
  readonly share: number;
}

interface Place {
  readonly name: string;
  readonly takes: (sampled: Sampled) => boolean;
}

const bySymbol = (name: string, pattern: RegExp): Place => {
  return { name, takes: ({ symbol }) => pattern.test(symbol) };
};

/** Compiled and interpreted JavaScript, by the start of V8's name for it. */
const javascript = "^(?:JS|Script|Eval|Function|LazyCompile|Interpreted\\w*):";

const places: readonly Place[] = [
  { name: "kernel", takes: ({ object }) => object.startsWith("[k") || object.startsWith("[guest.k") },
  bySymbol("JavaScript of the server", new RegExp(`${javascript}.* file:`)),
  bySymbol("JavaScript of Node.js", new RegExp(`${javascript}.* (?:node|wasm):|${javascript}`)),
  bySymbol("V8: builtins", /^(?:Builtins?_|Builtin:|BytecodeHandler:|RegExp:|Stub:)/),
  bySymbol(
    "V8: collector",
    /^v8::.*(?:Scaveng|Mark|Sweep|Evacuat|Heap|Collect|GC|RootsVisit|VisitRoots|VisitPointers|YoungGeneration|PagedSpace|NewSpace|ArrayBufferSweeper|ExternalMemory|WeakObject|Worklist)|^(?:heap|cppgc)::/,
  ),
  bySymbol(
    "V8: compilers",
    /^v8::.*(?:compiler::|turboshaft|maglev|baseline|Compil|Parser|Scanner|interpreter::|RegisterAlloc|Zone)/i,
  ),
  bySymbol("V8: other", /^(?:non-virtual thunk to )?(?:v8::|unsigned .*v8::)/),
  bySymbol("libuv", /^uv_/),
  bySymbol("Node.js: C++", /^(?:non-virtual thunk to )?\(?(?:.* )?node::/),
  bySymbol(
    "OpenSSL",
    /^(?:SSL|TLS|DTLS|EVP|CRYPTO|OPENSSL|BIO|BN|EC|RSA|SHA|AES|X509|ASN1|ERR|OSSL|PEM|PACKET|WPACKET|KDF|HMAC|GCM)\w*_|^(?:ssl|tls|tls1|tls13|dtls|evp|ossl|bn|ec|rsa|sha|sha\d+|aes|aesni|vaes|gcm|gcmctx|gcm128|ecp|x25519|ecx|x509|asn1|err|bio|kdf|hkdf|hmac|hash|cipher|provider|drbg|rand|prov|state|statem|dispatch|rlayer|poly1305|chacha20|ChaCha20|fe|ge)(?:\d|_)/,
  ),
  bySymbol(
    "zlib",
    /^(?:Cr_z_|deflate|inflate|longest_match|fill_window|slide_hash|compress_block|insert_string|adler32|crc32|_tr_)/,
  ),
  { name: "C library", takes: ({ object }) => /^(?:libc|ld-linux|libpthread|libm|libstdc)/.test(object) },
];

/** Functions without a name that says whose they are. */
export const otherPlace = "other";

/** All places in their order, {@link otherPlace} last. */
export const placeNames: readonly string[] = [...places.map(({ name }) => name), otherPlace];

/** The name of the place of a function; {@link otherPlace} if none takes it. */
export function placeOf(sampled: Sampled): string {
  return places.find(({ takes }) => takes(sampled))?.name ?? otherPlace;
}

/** The shares of all places that have one, 0 to 1. */
export function sharesByPlace(samples: readonly Sampled[]): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const sampled of samples) {
    const place = placeOf(sampled);
    shares.set(place, (shares.get(place) ?? 0) + sampled.share);
  }
  return shares;
}
