// What `bun-runtime.mjs` calls on Bun and under mantou: for each member at least three expressions, whose results must be the same.
// `dir` is a folder with `a.txt` ("hello\n") and `sub/b.ts`; `text`, `bytes` and `outcome` stand at the top of the program.

/**
 * @typedef {object} Compared
 * @property {string[]} same have the same result on both
 * @property {[words: string, expression: string][]} [differs] what differs, each with an expression that shows it
 */

/** @type {Readonly<Record<string, Compared>>} */
export const MEMBERS = {
  $: {
    // The peer is not installed where this runs; `extra/` compares what commands print.
    same: ["typeof Bun.$", "typeof Bun.$.cwd", "typeof Bun.$.env"],
    differs: [["needs an optional peer, which its error names", "await Bun.$`echo hi`.text()"]],
  },
  ArrayBufferSink: {
    same: [
      "{ const s = new Bun.ArrayBufferSink(); s.start({ asUint8Array: true }); s.write('ab'); return s.end() }",
      "{ const s = new Bun.ArrayBufferSink(); s.start(); s.write(bytes); return s.end() }",
      "{ const s = new Bun.ArrayBufferSink(); s.start({ stream: true, asUint8Array: true }); s.write('x'); return s.flush() }",
    ],
  },
  Cookie: {
    same: [
      "new Bun.Cookie('a', 'b').toString()",
      "Bun.Cookie.parse('a=b; Path=/x; HttpOnly').toString()",
      "Bun.Cookie.from('a', 'b', { secure: true }).serialize()",
      "new Bun.Cookie({ name: 'a', value: 'ä' }).serialize()",
    ],
    differs: [
      [
        "invalid attributes are refused or ignored as RFC 6265 says",
        "new Bun.Cookie('a', 'b', { maxAge: 1.5 }).serialize()",
      ],
    ],
  },
  CookieMap: {
    same: [
      "[...new Bun.CookieMap('a=1; b=2')]",
      "new Bun.CookieMap({ a: '1' }).get('a')",
      "{ const m = new Bun.CookieMap(); m.set('x', 'y', { path: '/z' }); m.delete('q'); return m.toSetCookieHeaders() }",
    ],
    differs: [
      ["an empty cookie exists", "{ const m = new Bun.CookieMap(); m.set('a', ''); return m.get('a') }"],
    ],
  },
  CryptoHasher: {
    same: [
      "Bun.CryptoHasher.algorithms",
      "Bun.CryptoHasher.algorithms.map((name) => Bun.CryptoHasher.hash(name, 'abc', 'hex'))",
      "new Bun.CryptoHasher('sha256', 'key').update('a').copy().update('b').digest('base64')",
      "new Bun.CryptoHasher('SHA-512').update('6162', 'hex').digest(new Uint8Array(64))",
      "new Bun.CryptoHasher('nope')",
    ],
    differs: [
      [
        "a Blob is refused: its bytes come later in Node.js",
        "new Bun.CryptoHasher('md5').update(new Blob(['a'])).digest('hex')",
      ],
    ],
  },
  Glob: {
    same: [
      "['*.ts', '**/*.ts', '{a,b}.ts', '[a-c].ts', '!a.ts', '?.ts', '**', 'sub/**'].map((p) => ['a.ts', 'sub/a.ts', 'b.ts', '.a.ts'].map((path) => new Bun.Glob(p).match(path)))",
      "[...new Bun.Glob('**/*').scanSync({ cwd: dir })].sort()",
      "(await Array.fromAsync(new Bun.Glob('*.txt').scan(dir))).sort()",
    ],
  },
  JSON5: {
    same: [
      "Bun.JSON5.parse(`{a: 0x10, /* x */ b: 'c',}`)",
      "Bun.JSON5.stringify({ a: [1, 'x'], 'b-c': null })",
      "Bun.JSON5.stringify({ a: [1] }, null, 2)",
      "Bun.JSON5.parse('{')",
    ],
    differs: [["`toJSON` is called, as by `JSON.stringify`", "Bun.JSON5.stringify(new Date(0))"]],
  },
  JSONC: {
    same: [
      "Bun.JSONC.parse('{\"a\": 1, // x\\n}')",
      "Bun.JSONC.parse('[1, /* y */ 2,]')",
      "Bun.JSONC.parse('')",
      "Bun.JSONC.parse('{')",
    ],
    differs: [["what follows the value is an error", "Bun.JSONC.parse('{} {')"]],
  },
  JSONL: {
    same: [
      "Bun.JSONL.parse('1\\n{\"a\":2}\\n')",
      "Bun.JSONL.parseChunk('1\\n{\"a')",
      "Bun.JSONL.parse(text('\"é\"\\n2'))",
      "Bun.JSONL.parse('{x}\\n')",
    ],
  },
  ...Object.fromEntries(
    ["MD4", "MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "SHA512_256"].map((name) => [
      name,
      {
        same: [
          `Bun.${name}.hash('abc', 'hex')`,
          `Bun.${name}.hash(bytes)`,
          `new Bun.${name}().update('a').update(bytes).digest('base64')`,
          `{ const h = new Bun.${name}(); h.digest(); return h.update('x') }`,
          `[Bun.${name}.byteLength, Bun.${name}.name]`,
        ],
        differs: [["a Blob is refused", `Bun.${name}.hash(new Blob(['a']), 'hex')`]],
      },
    ]),
  ),
  RedisClient: {
    same: [
      "typeof Bun.RedisClient",
      "new Bun.RedisClient('redis://localhost:1').connected",
      "new Bun.RedisClient('redis://localhost:1').bufferedAmount",
    ],
  },
  SQL: {
    same: [
      "typeof Bun.SQL",
      "new Bun.SQL('postgres://u:p@localhost:1/d').options.hostname",
      "new Bun.SQL('postgres://u:p@localhost:1/d').options.port",
    ],
  },
  TOML: {
    same: [
      "Bun.TOML.parse('a = 1\\n[b]\\nc = [1, \"x\"]')",
      "Bun.TOML.parse('[[p]]\\nn = 1\\n[[p]]\\nn = 2')",
      "Bun.TOML.parse('a =')",
      "Bun.TOML.stringify({ a: { b: 1 } })",
    ],
    differs: [["lists have spaces within their brackets", "Bun.TOML.stringify({ a: [1] })"]],
  },
  YAML: {
    same: [
      "Bun.YAML.parse('a: &x [1, yes]\\nb: *x')",
      "Bun.YAML.parse('--- 1\\n--- 2')",
      "Bun.YAML.parse('a: [')",
      "Bun.YAML.stringify({ a: ['yes', { b: 'x: y' }] }, null, 2)",
      "Bun.YAML.stringify([1, 'x', { y: null }])",
    ],
    differs: [["`!!binary` is read as bytes", "Bun.YAML.parse('!!binary aGk=')"]],
  },
  allocUnsafe: {
    same: ["Bun.allocUnsafe(3).length", "Bun.allocUnsafe(0)", "Bun.allocUnsafe(8).constructor.name"],
  },
  argv: { same: ["Bun.argv.length", "Bun.argv[1].endsWith('main.ts')", "Bun.argv.slice(2)"] },
  concatArrayBuffers: {
    same: [
      "Bun.concatArrayBuffers([bytes, bytes])",
      "Bun.concatArrayBuffers([bytes, bytes.buffer], 4)",
      "Bun.concatArrayBuffers([bytes], 9, true)",
    ],
  },
  color: {
    same: ["Bun.color('red', 'hex')", "Bun.color('#abc', 'rgb')", "Bun.color('hsl(0 100% 50%)', '[rgba]')"],
  },
  connect: {
    same: [
      "typeof Bun.connect",
      "outcome(() => Bun.connect({ hostname: '127.0.0.1', port: 1, socket: { data() {} } }))",
      "Bun.connect.length",
    ],
  },
  cwd: { same: ["Bun.cwd === process.cwd()", "typeof Bun.cwd", "Bun.cwd.length > 0"] },
  deepEquals: {
    same: [
      "Bun.deepEquals({ a: [1] }, { a: [1] })",
      "Bun.deepEquals({ a: undefined }, {})",
      "Bun.deepEquals({ a: undefined }, {}, true)",
      "Bun.deepEquals(new Map([[1, {}]]), new Map([[1, {}]]))",
    ],
  },
  deepMatch: {
    same: [
      "Bun.deepMatch({ a: 1 }, { a: 1, b: 2 })",
      "Bun.deepMatch({ a: 2 }, { a: 1 })",
      "Bun.deepMatch({ a: { b: 1 } }, { a: { b: 1, c: 2 } })",
    ],
  },
  deflateSync: {
    same: [
      "Bun.inflateSync(Bun.deflateSync('hello'))",
      "Bun.inflateSync(Bun.deflateSync(bytes, { level: 9 }))",
      "Bun.deflateSync(bytes).constructor.name",
    ],
  },
  dns: {
    same: [
      "(await Bun.dns.lookup('127.0.0.1'))[0].address",
      "typeof Bun.dns.getCacheStats",
      "[Bun.dns.ADDRCONFIG, Bun.dns.ALL, Bun.dns.V4MAPPED].map((n) => typeof n)",
    ],
  },
  embeddedFiles: {
    same: ["Bun.embeddedFiles", "Bun.embeddedFiles.length", "Array.isArray(Bun.embeddedFiles)"],
  },
  enableANSIColors: {
    same: ["Bun.enableANSIColors", "typeof Bun.enableANSIColors", "String(Bun.enableANSIColors)"],
  },
  env: { same: ["Bun.env === process.env", "(Bun.env.X_Y = 1, Bun.env.X_Y)", "'PATH' in Bun.env"] },
  escapeHTML: {
    same: [
      "Bun.escapeHTML('<a href=\"x\">&\\'')",
      "Bun.escapeHTML(5)",
      "Bun.escapeHTML({})",
      "Bun.escapeHTML('plain')",
    ],
  },
  fetch: {
    same: [
      "await (await Bun.fetch('data:text/plain,hi')).text()",
      "typeof Bun.fetch.preconnect",
      "outcome(() => Bun.fetch('http://127.0.0.1:65000'))",
    ],
  },
  file: {
    same: [
      "await Bun.file(dir + '/a.txt').text()",
      "Bun.file(dir + '/a.txt').size",
      "Bun.file('x.json').type",
      "await Bun.file(dir + '/none').exists()",
      "await Bun.file(dir + '/a.txt').slice(1, 3).text()",
    ],
  },
  fileURLToPath: {
    same: [
      "Bun.fileURLToPath('file:///a/b%20c')",
      "Bun.fileURLToPath(new URL('file:///x'))",
      "Bun.fileURLToPath('http://x')",
    ],
  },
  gc: {
    same: ["typeof Bun.gc", "Bun.gc() > 0", "typeof Bun.gc(true)"],
    differs: [["collects only with `--expose-gc`", "Bun.gc.length"]],
  },
  generateHeapSnapshot: {
    same: [
      "typeof Bun.generateHeapSnapshot()",
      "Bun.generateHeapSnapshot.length",
      "typeof Bun.generateHeapSnapshot",
    ],
  },
  gunzipSync: {
    same: [
      "Bun.gunzipSync(Bun.gzipSync('hello'))",
      "Bun.gunzipSync(Bun.gzipSync(''))",
      "Bun.gunzipSync(Bun.gzipSync(bytes)).constructor.name",
    ],
    differs: [["errors have zlib's `code`", "Bun.gunzipSync(bytes)"]],
  },
  gzipSync: {
    same: [
      "Bun.gunzipSync(Bun.gzipSync('x'.repeat(99)))",
      "Bun.gunzipSync(Bun.gzipSync(bytes, { level: 1 }))",
      "[...Bun.gzipSync('').slice(0, 3)]",
    ],
  },
  hash: {
    same: [
      "Bun.hash('hello', 5)",
      "Bun.hash(bytes)",
      "Object.keys(Bun.hash).map((name) => Bun.hash[name]('hello world', 77n))",
      "Object.keys(Bun.hash).map((name) => Bun.hash[name](text('x'.repeat(300))))",
      "Bun.hash(null)",
    ],
    differs: [["a Blob is refused", "Bun.hash(new Blob(['a']))"]],
  },
  indexOfLine: {
    same: ["Bun.indexOfLine(text('a\\nb'))", "Bun.indexOfLine(text('a\\nb'), 2)", "Bun.indexOfLine(bytes)"],
  },
  inflateSync: {
    same: [
      "Bun.inflateSync(Bun.deflateSync(''))",
      "Bun.inflateSync(Bun.deflateSync(text('é')))",
      "Bun.inflateSync(Bun.deflateSync(bytes))",
    ],
    differs: [["errors have zlib's `code`", "Bun.inflateSync(bytes)"]],
  },
  inspect: {
    same: [
      "Bun.inspect({ a: 1, b: ['x', { c: null }] })",
      "Bun.inspect(new Map([['a', new Set([1])]]))",
      "Bun.inspect('x')",
      "Bun.inspect(bytes)",
      "Bun.inspect.table([{ a: 1 }])",
      "Bun.inspect.custom",
    ],
    differs: [
      [
        "colours are those of `util.inspect`; `console.log` is Node.js's own",
        "Bun.inspect('x', { colors: true })",
      ],
    ],
  },
  isMainThread: { same: ["Bun.isMainThread", "typeof Bun.isMainThread", "String(Bun.isMainThread)"] },
  isStandaloneExecutable: {
    same: [
      "Bun.isStandaloneExecutable",
      "typeof Bun.isStandaloneExecutable",
      "String(Bun.isStandaloneExecutable)",
    ],
  },
  main: { same: ["Bun.main === process.argv[1]", "Bun.main.endsWith('/main.ts')", "typeof Bun.main"] },
  mmap: {
    same: [
      "Bun.mmap(dir + '/a.txt')",
      "Bun.mmap(dir + '/none')",
      "Bun.mmap(dir + '/a.txt').constructor.name",
    ],
  },
  nanoseconds: {
    same: ["typeof Bun.nanoseconds()", "Bun.nanoseconds() <= Bun.nanoseconds()", "Bun.nanoseconds() > 0"],
  },
  origin: { same: ["typeof Bun.origin", "Bun.origin", "String(Bun.origin)"] },
  password: {
    same: [
      "await Bun.password.verify('a', await Bun.password.hash('a', { algorithm: 'bcrypt', cost: 4 }))",
      "Bun.password.verifySync('b', Bun.password.hashSync('a', { algorithm: 'argon2id', memoryCost: 8, timeCost: 1 }))",
      "Bun.password.hashSync('a', { algorithm: 'bcrypt', cost: 4 }).slice(0, 7)",
      "outcome(() => Bun.password.hash(''))",
    ],
  },
  pathToFileURL: {
    same: [
      "Bun.pathToFileURL('/a b').href",
      "Bun.pathToFileURL('/a#b').href",
      "Bun.pathToFileURL('/ä') instanceof URL",
    ],
  },
  peek: {
    same: [
      "Bun.peek(Promise.resolve(5))",
      "Bun.peek(5)",
      "Bun.peek.status(new Promise(() => {}))",
      "Bun.peek.status(Promise.resolve())",
    ],
  },
  postgres: { same: ["typeof Bun.postgres", "Bun.postgres === Bun.sql", "typeof Bun.postgres.begin"] },
  randomUUIDv5: {
    same: [
      "Bun.randomUUIDv5('a', 'dns')",
      "Bun.randomUUIDv5('b', 'url', 'base64')",
      "Bun.randomUUIDv5('a', '6ba7b810-9dad-11d1-80b4-00c04fd430c8')",
    ],
  },
  randomUUIDv7: {
    same: [
      "Bun.randomUUIDv7('hex', 0).slice(0, 15)",
      "Bun.randomUUIDv7('buffer').length",
      "Bun.randomUUIDv7().length",
    ],
  },
  ...Object.fromEntries(
    ["Array", "ArrayBuffer", "Blob", "Bytes", "JSON", "Text"].map((kind) => [
      `readableStreamTo${kind}`,
      {
        same: ["'[1, 2]'", "text('{}')", "'[]'"].map(
          (body) =>
            `{ const r = await Bun.readableStreamTo${kind}(new Response(${body}).body); return r instanceof Blob ? await r.text() : Array.isArray(r) ? r.map(String) : r }`,
        ),
      },
    ]),
  ),
  readableStreamToFormData: {
    same: ["'a=1'", "'a=1&b=2&a=3'", "''"].map(
      (body) => `[...await Bun.readableStreamToFormData(new Response(${body}).body)]`,
    ),
  },
  redis: { same: ["typeof Bun.redis", "typeof Bun.redis.get", "Bun.redis.connected"] },
  resolve: {
    same: [
      "await Bun.resolve('./a.txt', dir)",
      "await Bun.resolve('node:fs', dir)",
      "await Bun.resolve('./sub/b', dir)",
    ],
    differs: [["the class of the errors is `Error`", "outcome(() => Bun.resolve('./none', dir))"]],
  },
  resolveSync: {
    same: [
      "Bun.resolveSync('./a.txt', dir)",
      "Bun.resolveSync('./sub/b', dir)",
      "Bun.resolveSync('node:fs', dir)",
    ],
    differs: [["the class of the errors is `Error`", "outcome(() => Bun.resolveSync('./none', dir))"]],
  },
  revision: { same: ["typeof Bun.revision", "/^[0-9a-f]*$/.test(Bun.revision)", "Bun.revision.length"] },
  semver: {
    same: [
      "Bun.semver.satisfies('1.2.3', '^1.0.0')",
      "Bun.semver.order('1.0.0', '1.0.1')",
      "['1.10.0', '1.2.0', '1.0.0-a'].sort(Bun.semver.order)",
      "Bun.semver.satisfies('x', '*')",
      "Bun.semver.satisfies('2.0.0', '>=1 <2 || 2.x')",
    ],
  },
  serve: {
    same: [
      "{ const s = Bun.serve({ port: 0, fetch: () => new Response('hi') }); const t = await (await fetch(s.url)).text(); await s.stop(true); return t }",
      "{ const s = Bun.serve({ port: 0, routes: { '/:x': (r) => Response.json(r.params) } }); const t = await (await fetch(new URL('/q', s.url))).json(); await s.stop(true); return t }",
      "{ const s = Bun.serve({ port: 0, fetch: (r, s) => Response.json(s.requestIP(r).family) }); const t = await (await fetch(s.url)).json(); await s.stop(true); return t }",
    ],
    differs: [
      [
        "errors of options have no `code`, and what [differences-from-bun.md](differences-from-bun.md) lists",
        "outcome(() => Bun.serve({}))",
      ],
    ],
  },
  sha: { same: ["Bun.sha('abc', 'hex')", "Bun.sha(bytes)", "Bun.sha('a', new Uint8Array(32))"] },
  shrink: { same: ["typeof Bun.shrink", "Bun.shrink()", "Bun.shrink.length"] },
  sleep: {
    same: [
      "await Bun.sleep(1)",
      "await Bun.sleep(new Date())",
      "Bun.sleep(1) instanceof Promise",
      "outcome(() => Bun.sleep('x'))",
    ],
  },
  sleepSync: {
    same: ["Bun.sleepSync(1)", "outcome(() => Bun.sleepSync('x'))", "outcome(() => Bun.sleepSync(-1))"],
  },
  sliceAnsi: {
    same: [
      "Bun.sliceAnsi('\\x1b[31mhello\\x1b[39m', 1, 4)",
      "Bun.sliceAnsi('安宁哈', 0, 3)",
      "Bun.sliceAnsi('unicorn', -4, undefined, '…')",
    ],
  },
  spawn: {
    same: [
      "await new Response(Bun.spawn(['echo', 'hi']).stdout).text()",
      "await Bun.spawn(['sh', '-c', 'exit 3']).exited",
      "{ const p = Bun.spawn(['cat'], { stdin: 'pipe' }); p.stdin.write('x'); p.stdin.end(); return await new Response(p.stdout).text() }",
    ],
  },
  spawnSync: {
    same: [
      "Bun.spawnSync(['echo', 'hi']).stdout.toString()",
      "Bun.spawnSync(['sh', '-c', 'exit 3']).exitCode",
      "Bun.spawnSync({ cmd: ['cat'], stdin: bytes }).stdout.length",
    ],
  },
  sql: { same: ["typeof Bun.sql", "typeof Bun.sql.begin", "typeof Bun.sql.unsafe"] },
  stderr: { same: ["typeof Bun.stderr.writer", "Bun.stderr instanceof Blob", "Bun.stderr.size"] },
  stdin: { same: ["await Bun.stdin.text()", "Bun.stdin instanceof Blob", "typeof Bun.stdin.stream"] },
  stdout: { same: ["typeof Bun.stdout.writer", "Bun.stdout instanceof Blob", "Bun.stdout.size"] },
  stringWidth: {
    same: [
      "Bun.stringWidth('中文🎉e\\u0301')",
      "Bun.stringWidth('\\x1b[31mx\\x1b[39m', { countAnsiEscapeCodes: true })",
      "Bun.stringWidth('α', { ambiguousIsNarrow: false })",
    ],
  },
  stripANSI: {
    same: [
      "Bun.stripANSI('\\x1b[31mx\\x1b[39m')",
      "Bun.stripANSI('\\x1b]8;;u\\x07link\\x1b]8;;\\x07')",
      "Bun.stripANSI('plain')",
    ],
  },
  unsafe: {
    same: [
      "Bun.unsafe.arrayBufferToString(text('é'))",
      "Bun.unsafe.gcAggressionLevel()",
      "typeof Bun.unsafe.arrayBufferToString(bytes)",
    ],
  },
  version: {
    same: [
      "typeof Bun.version",
      "/^\\d+\\.\\d+\\.\\d+/.test(Bun.version)",
      "Bun.semver.satisfies(Bun.version, '>=1')",
    ],
  },
  version_with_sha: {
    same: [
      "typeof Bun.version_with_sha",
      "Bun.version_with_sha.startsWith('v1')",
      "Bun.version_with_sha.includes('(')",
    ],
  },
  which: { same: ["Bun.which('sh')", "Bun.which('no-such-program')", "Bun.which('b', { PATH: '' })"] },
  wrapAnsi: {
    same: [
      "Bun.wrapAnsi('hello world', 5)",
      "Bun.wrapAnsi('abcdefgh', 3, { hard: true })",
      "Bun.wrapAnsi('\\x1b[31ma b c\\x1b[39m', 1)",
    ],
  },
  write: {
    same: [
      "await Bun.write(dir + '/w1', 'hello')",
      "(await Bun.write(dir + '/w2', bytes), await Bun.file(dir + '/w2').bytes())",
      "(await Bun.write(dir + '/new/w3', new Response('r')), await Bun.file(dir + '/new/w3').text())",
    ],
  },
  zstdCompress: {
    same: [
      "(await Bun.zstdDecompress(await Bun.zstdCompress('hello'))).toString()",
      "(await Bun.zstdCompress(bytes)).constructor.name",
      "(await Bun.zstdDecompress(await Bun.zstdCompress(bytes, { level: 9 }))).length",
    ],
  },
  zstdCompressSync: {
    same: [
      "Bun.zstdDecompressSync(Bun.zstdCompressSync('hello')).toString()",
      "Bun.zstdCompressSync(bytes).constructor.name",
      "Bun.zstdDecompressSync(Bun.zstdCompressSync('')).length",
    ],
  },
  zstdDecompress: {
    same: [
      "(await Bun.zstdDecompress(Bun.zstdCompressSync('x'))).toString()",
      "(await Bun.zstdDecompress(Bun.zstdCompressSync('é'))).toString()",
      "(await Bun.zstdDecompress(Bun.zstdCompressSync(bytes))).length",
    ],
    differs: [["errors have the `code` of zstd", "outcome(() => Bun.zstdDecompress(bytes))"]],
  },
  zstdDecompressSync: {
    same: [
      "Bun.zstdDecompressSync(Bun.zstdCompressSync('x')).toString()",
      "Bun.zstdDecompressSync(Bun.zstdCompressSync('é')).toString()",
      "Bun.zstdDecompressSync(Bun.zstdCompressSync(bytes)).constructor.name",
    ],
    differs: [["errors have the `code` of zstd", "outcome(() => Bun.zstdDecompressSync(bytes))"]],
  },
};

/** @type {Readonly<Record<string, Compared>>} */
export const MODULES = {
  bun: {
    same: [
      "(await import('bun')).version === Bun.version",
      "typeof (await import('bun')).serve",
      "(await import('bun')).env === process.env",
    ],
  },
  "bun:sqlite": {
    same: [
      "Object.keys(await import('bun:sqlite')).filter((name) => name !== '__esModule').sort()",
      "new (await import('bun:sqlite')).Database(':memory:').query('select 1 as a, ? as b').all('x')",
      "new (await import('bun:sqlite')).Database(':memory:').query('nonsense')",
    ],
    differs: [
      [
        "on some lines of Node.js: see [the README](../packages/bun/README.md#bunsqlite)",
        "(new (await import('bun:sqlite')).Database(':memory:').onInsert = () => {})",
      ],
    ],
  },
};
