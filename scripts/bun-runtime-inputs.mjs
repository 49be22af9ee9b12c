// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the programs have the templates
// What `bun-runtime.mjs` calls on Bun and under mantou: for each member at least three expressions, whose results must be the same.
// `dir` is a folder with `a.txt` ("hello\n") and `sub/b.ts`; `text`, `bytes`, `outcome` and `child` stand at the top of the program.

/**
 * @typedef {object} Compared
 * @property {string[]} same have the same result on both
 * @property {[words: string, expression: string][]} [differs] what differs, each with an expression that shows it
 * @property {string} [note] where more of it is compared: what needs a server or a package that is not installed here
 */

/** @type {Readonly<Record<string, Compared>>} */
export const MEMBERS = {
  $: {
    same: [
      "Bun.$.escape('a b $c \"d\" `e`')",
      "['{a,b}{1,2}', 'x{,y,z}', '{a', 'a{b,{c,d}}e'].map((pattern) => Bun.$.braces(pattern))",
      "{ const p = Bun.$`no-such-command`; return [p instanceof Promise, p instanceof Bun.$.ShellPromise, String(p)] }",
      "Bun.$.ShellError.prototype instanceof Error",
      "typeof new Bun.$.Shell().nothrow()",
    ],
    differs: [["needs an optional peer, which its error names", "await Bun.$`echo hi`.text()"]],
    note: "the output of 60 commands is compared in [extra/shell](../extra/shell)",
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
      [
        "the object of `toJSON()` has a prototype",
        "Object.getPrototypeOf(new Bun.Cookie('a', 'b').toJSON()) === null",
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
  CSRF: {
    same: [
      "{ const token = Bun.CSRF.generate('k', { sessionId: 's' }); return [token.length, ...['s', 't', undefined].map((sessionId) => Bun.CSRF.verify(token, { secret: 'k', sessionId }))] }",
      "['sha256', 'sha384', 'sha512', 'sha512-256', 'blake2b256', 'blake2b512'].map((algorithm) => Bun.CSRF.verify(Bun.CSRF.generate('k', { algorithm, encoding: 'hex' }), { secret: 'k', algorithm, encoding: 'hex' }))",
      "Bun.CSRF.verify('AAABonaEHgDQjFF2jJfYE5Y7lhOqFVCNAAAAAAAAAAAXr1dQ', { secret: 'k', maxAge: 0 })",
      "[['', {}], [5, {}], ['k', { algorithm: 'md5' }], ['k', { expiresIn: -1 }], ['k', { sessionId: '' }]].map((given) => { try { return Bun.CSRF.generate(...given) } catch (error) { return failure(error) } })",
    ],
  },
  FileSystemRouter: {
    same: [
      "{ const r = new Bun.FileSystemRouter({ style: 'nextjs', dir, origin: 'https://h', assetPrefix: 'p/' }); const m = r.match('/sub/b?q=1'); return [Object.keys(r.routes).sort(), m.name, m.kind, m.src, m.query] }",
      "{ await Bun.write(dir + '/pages/[a]/[...b].ts', ''); const m = new Bun.FileSystemRouter({ style: 'nextjs', dir: dir + '/pages' }).match('/x/y/z'); return [m.name, m.kind, m.params, m.pathname] }",
      "new Bun.FileSystemRouter({ style: 'nextjs', dir: dir + '/sub' }).match('/none')",
      "[{}, undefined, { style: 'x', dir }, { style: 'nextjs' }].map((given) => { try { return new Bun.FileSystemRouter(given) } catch (error) { return failure(error) } })",
    ],
    differs: [
      [
        "routes are found as Next.js finds them",
        "{ await Bun.write(dir + '/fs/users/[id].ts', ''); return new Bun.FileSystemRouter({ style: 'nextjs', dir: dir + '/fs' }).match('/users')?.name }",
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
      "{ const c = new Bun.RedisClient('redis://localhost:1'); return [c.connected, c.bufferedAmount, String(c), Object.keys(c)] }",
      "['redis://h', 'rediss://u:p@h:1/2', 'valkey://h', 'redis+unix:///s', 'http://h', '::'].map((url) => { try { return typeof new Bun.RedisClient(url) } catch (error) { return failure(error) } })",
      "[{}, null, undefined, [1]].map((key) => { try { return new Bun.RedisClient('redis://localhost:1').get(key) } catch (error) { return failure(error) } })",
      "outcome(() => new Bun.RedisClient('redis://h', { connectionTimeout: 'x' }))",
      "outcome(() => new Bun.RedisClient('redis://h').subscribe(5, () => {}))",
    ],
    note: "needs an optional peer; the replies of a server are compared in [extra/engines](../extra/engines)",
  },
  SQL: {
    same: [
      "{ const sql = new Bun.SQL(':memory:'); await sql`CREATE TABLE t (a, b)`; await sql`INSERT INTO t ${sql([{ a: 1, b: 'x' }, { a: 2, b: null }])}`; return [...await sql`SELECT * FROM t WHERE a IN ${sql([1, 2])}`] }",
      "{ const sql = new Bun.SQL(':memory:'); await sql`CREATE TABLE t (a)`; await sql.begin(async (tx) => { await tx`INSERT INTO t VALUES (1)`; throw new Error() }).catch(() => {}); return (await sql`SELECT count(*) AS n FROM t`.values())[0] }",
      "{ const sql = new Bun.SQL('sqlite://:memory:'); return outcome(() => sql`SELECT nonsense`) }",
      "{ const { hostname, port, username, database, max } = new Bun.SQL('postgres://u:p%40@h:1/d?max=3').options; return [hostname, port, username, database, max] }",
      "['foo://x', 'postgres://h?sslmode=zz'].map((url) => { try { return typeof new Bun.SQL(url) } catch (error) { return failure(error) } })",
    ],
    differs: [["MySQL is not there", "outcome(() => typeof new Bun.SQL('mysql://u@h/d'))"]],
    note: "PostgreSQL needs an optional peer; a server's results are compared in [extra/engines](../extra/engines)",
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
  Transpiler: {
    same: [
      "new Bun.Transpiler({ loader: 'tsx' }).scan(\"import a, {type B} from 'a'; import type C from 'c'; export const d = import('e'), f = require.resolve('g'); export {h as i} from 'j'; export * from 'k'; export default class {}\")",
      "new Bun.Transpiler({ loader: 'ts' }).scanImports(\"import {type A} from 'a'; import 'b'; if (x) require('c'); import('d'); import e = require('e'); e\")",
      "new Bun.Transpiler({ loader: 'ts' }).transformSync('let a: number = 1;')",
      "(await new Bun.Transpiler({ define: { X: '\"y\"' } }).transform('f(X);', 'ts'))",
      "new Bun.Transpiler({ loader: 'ts', trimUnusedImports: true }).transformSync(\"import {A, b} from 'c'; let d: A = b;\")",
      "{ const code = new Bun.Transpiler({ loader: 'ts' }).transformSync('enum E { A = 1, B = A << 1 } namespace N { export const c = E.B } globalThis.r = [E.A, E[2], N.c]'); (0, eval)(code); return globalThis.r }",
    ],
    differs: [
      ["the layout of the text is that of oxc", "new Bun.Transpiler().transformSync('f(() => { g() })')"],
      ["JSX imports its runtime", "new Bun.Transpiler().transformSync('f(<a/>)').includes('import')"],
    ],
  },
  allocUnsafe: {
    same: ["Bun.allocUnsafe(3).length", "Bun.allocUnsafe(0)", "Bun.allocUnsafe(8).constructor.name"],
  },
  argv: {
    same: [
      "Bun.argv.length",
      "Bun.argv[1].endsWith('main.ts')",
      "child('console.log(Bun.argv.slice(-2).join())', ['x', '--y'])",
    ],
  },
  concatArrayBuffers: {
    same: [
      "Bun.concatArrayBuffers([bytes, bytes])",
      "Bun.concatArrayBuffers([bytes, bytes.buffer], 4)",
      "Bun.concatArrayBuffers([bytes], 9, true)",
    ],
  },
  cwd: {
    same: [
      "Bun.cwd === process.cwd()",
      "Bun.cwd",
      "child('process.chdir(\"/\"); console.log(typeof Bun.cwd)')",
    ],
  },
  deepEquals: {
    same: [
      "Bun.deepEquals({ a: [1] }, { a: [1] })",
      "Bun.deepEquals({ a: undefined }, {})",
      "Bun.deepEquals({ a: undefined }, {}, true)",
      "Bun.deepEquals(new Map([[1, {}]]), new Map([[1, {}]]))",
      "[new Float64Array([0, -0]), [NaN], new Set([[1]]), new Date(1), /a/g, new Error('a'), 'a'].map((a, i, all) => all.map((b) => [Bun.deepEquals(a, b), Bun.deepEquals(a, b, true)]))",
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
      "await Bun.dns.lookup('127.0.0.1', { port: 80 })",
      "await Bun.dns.lookup('::1', { family: 'IPv6' })",
      "[Bun.dns.ADDRCONFIG, Bun.dns.ALL, Bun.dns.V4MAPPED, Bun.dns.prefetch('localhost')]",
      "[5, '', undefined].map((host) => { try { return Bun.dns.lookup(host) } catch (error) { return failure(error) } })",
      "outcome(() => Bun.dns.lookup('x'.repeat(64) + '.invalid'))",
    ],
    note: "over `getaddrinfo`: errors name the host, and nothing is cached",
  },
  embeddedFiles: {
    same: ["Bun.embeddedFiles", "Bun.embeddedFiles.length", "Array.isArray(Bun.embeddedFiles)"],
  },
  enableANSIColors: {
    same: [{}, { NO_COLOR: "" }, { FORCE_COLOR: "1", NO_COLOR: "" }, { FORCE_COLOR: "0" }].map(
      (env) => `child("console.log(String(Bun.enableANSIColors))", [], ${JSON.stringify(env)})`,
    ),
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
      "{ const s = Bun.serve({ port: 0, fetch: async (r) => Response.json([r.method, r.headers.get('x'), await r.text()]) }); const r = await Bun.fetch(s.url, { method: 'PUT', headers: { x: 'y' }, body: 'z' }); const t = [r.status, r.ok, r.redirected, await r.json()]; await s.stop(true); return t }",
      "{ const s = Bun.serve({ port: 0, routes: { '/a': Response.redirect('/b', 302), '/b': new Response('end') } }); const r = await Bun.fetch(new URL('/a', s.url)); const t = [r.redirected, new URL(r.url).pathname, await r.text(), (await Bun.fetch(new URL('/a', s.url), { redirect: 'manual' })).status]; await s.stop(true); return t }",
      "{ const s = Bun.serve({ unix: dir + '/f.sock', fetch: (r) => new Response(new URL(r.url).pathname) }); const t = await (await Bun.fetch('http://h/p', { unix: dir + '/f.sock' })).text(); await s.stop(true); return t }",
      "{ const c = new AbortController(); c.abort(); return outcome(() => Bun.fetch('http://127.0.0.1:1', { signal: c.signal })) }",
      "await (await Bun.fetch(Bun.pathToFileURL(dir + '/a.txt'))).text()",
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
      "outcome(() => Bun.file(dir + '/none').text())",
      "{ const f = Bun.file(dir + '/f1'); const w = f.writer(); w.write('ab'); w.write(bytes); await w.end(); return [await f.bytes(), (await f.stat()).size, (await f.delete(), await f.exists())] }",
      "[Bun.file('x').name, Bun.file('a.html', { type: 'text/x' }).type, Bun.file(new URL('file:///y')).name]",
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
    same: ["Number.isInteger(Bun.gc())", "Bun.gc() > 0", "Bun.gc(true) > 0"],
    differs: [["collects only with `--expose-gc`", "Bun.gc.length"]],
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
  isMainThread: {
    same: [
      "Bun.isMainThread",
      "child('console.log(Bun.isMainThread)')",
      "{ const w = new Worker(URL.createObjectURL(new Blob(['postMessage(Bun.isMainThread)']))); const { data } = await new Promise((resolve) => { w.onmessage = resolve }); w.terminate(); return data }",
    ],
  },
  isStandaloneExecutable: {
    same: [
      "Bun.isStandaloneExecutable",
      "child('console.log(String(Bun.isStandaloneExecutable))')",
      "Object.getOwnPropertyDescriptor(Bun, 'isStandaloneExecutable').enumerable",
    ],
  },
  main: {
    same: [
      "Bun.main === process.argv[1]",
      "Bun.main.endsWith('/main.ts')",
      "child('console.log(Bun.main.split(\"/\").pop())')",
    ],
  },
  nanoseconds: {
    same: ["typeof Bun.nanoseconds()", "Bun.nanoseconds() <= Bun.nanoseconds()", "Bun.nanoseconds() > 0"],
  },
  origin: { same: ["Bun.origin", "typeof Bun.origin", "child('console.log(JSON.stringify(Bun.origin))')"] },
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
  postgres: {
    same: [
      "Bun.postgres === Bun.sql",
      "[Bun.postgres.name, typeof Bun.postgres`SELECT 1`.execute]",
      "child('console.log((await Bun.postgres`SELECT 3 AS a`)[0].a)', [], { DATABASE_URL: ':memory:' })",
    ],
    note: "as `sql`",
  },
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
  redis: {
    same: [
      "[Bun.redis.connected, Bun.redis.bufferedAmount, Bun.redis instanceof Bun.RedisClient]",
      "[{}, null, undefined, [1]].map((key) => { try { return Bun.redis.get(key) } catch (error) { return failure(error) } })",
      "outcome(() => Bun.redis.hset('h', {}))",
      "outcome(() => Bun.redis.expire('k', 'x'))",
    ],
    note: "needs an optional peer; the replies of a server are compared in [extra/engines](../extra/engines)",
  },
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
  revision: { same: ["Bun.revision", "Bun.revision.length", "child('console.log(Bun.revision)')"] },
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
      "{ const s = Bun.serve({ port: 0, fetch: (r, s) => (s.upgrade(r, { data: 5 }) ? undefined : new Response('no')), websocket: { open(ws) { ws.subscribe('t'); ws.send('data ' + ws.data) }, message(ws, m) { ws.send(m); s.publish('t', 'to all') }, close() {} } }); const got = []; const ws = new WebSocket(s.url.href.replace('http', 'ws')); await new Promise((done) => { ws.onmessage = ({ data }) => { got.push(data); if (got.length === 1) ws.send('hi'); if (got.length === 3) ws.close(1000) }; ws.onclose = (e) => { got.push(e.code); done() } }); await s.stop(true); return got }",
      "{ const s = Bun.serve({ port: 0, fetch() { throw new Error('x') }, error: (e) => new Response(e.message, { status: 503 }) }); const r = await fetch(s.url); const t = [r.status, await r.text()]; await s.stop(true); return t }",
      "{ const s = Bun.serve({ port: 0, routes: { '/f': new Response(Bun.file(dir + '/a.txt')), '/c': (r) => { r.cookies.set('a', 'b'); return new Response() } }, fetch: () => new Response('', { status: 404 }) }); const [f, c, n] = await Promise.all(['/f', '/c', '/n'].map((p) => fetch(new URL(p, s.url)))); const t = [await f.text(), f.headers.get('content-type'), c.headers.get('set-cookie'), n.status]; await s.stop(true); return t }",
      "{ const s = Bun.serve({ port: 0, fetch: () => new Response('1') }); s.reload({ fetch: () => new Response('2') }); const t = [await (await fetch(s.url)).text(), await (await s.fetch('/x')).text(), s.pendingRequests, s.pendingWebSockets, s.hostname, s.development]; await s.stop(true); return t }",
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
      "{ const p = Bun.spawn(['sh', '-c', 'echo $A $PWD; kill -9 $$'], { env: { A: 'b', PATH: process.env.PATH }, cwd: dir }); return [await new Response(p.stdout).text(), await p.exited, p.exitCode, p.signalCode, p.killed] }",
      "{ const p = Bun.spawn([...JSON.parse(process.env.SELF), '-e', 'process.on(\"message\", (m) => { process.send([m]); process.disconnect() })'], { ipc: (m, p) => got.push(m), serialization: 'json' }); const got = []; p.send({ a: 1 }); await p.exited; return got }",
      "outcome(() => Bun.spawn(['no-such-program']))",
      "{ const p = Bun.spawn(['cat'], { stdin: 'pipe' }); p.stdin.write('x'); p.stdin.end(); return await new Response(p.stdout).text() }",
    ],
  },
  spawnSync: {
    same: [
      "Bun.spawnSync(['echo', 'hi']).stdout.toString()",
      "Bun.spawnSync(['sh', '-c', 'exit 3']).exitCode",
      "Bun.spawnSync({ cmd: ['cat'], stdin: bytes }).stdout.length",
      "{ const { success, signalCode, exitCode, stderr } = Bun.spawnSync(['sh', '-c', 'echo e >&2; kill -15 $$']); return [success, signalCode, exitCode, String(stderr)] }",
      "outcome(() => Bun.spawnSync(['no-such-program']))",
    ],
  },
  sql: {
    same: [
      "child('console.log((await Bun.sql`SELECT ${1} AS a, ${\"x\"} AS b`).map(Object.values).join())', [], { DATABASE_URL: ':memory:' })",
      "child('console.log(Bun.sql.options.hostname, Bun.sql.options.port)', [], { DATABASE_URL: 'postgres://u@h:7/d' })",
      "child('await Bun.sql`CREATE TABLE t (a)`; console.log((await Bun.sql`INSERT INTO t ${Bun.sql([{ a: 1 }, { a: 2 }])}`).count)', [], { DATABASE_URL: 'sqlite://:memory:' })",
    ],
    note: "PostgreSQL needs an optional peer; a server's results are compared in [extra/engines](../extra/engines)",
  },
  ...Object.fromEntries(
    ["stderr", "stdout"].map((name) => [
      name,
      {
        same: [
          `child("await Bun.write(Bun.${name}, 'é\\\\n'); await Bun.write(Bun.${name}, new Response('b'))")`,
          `child("const w = Bun.${name}.writer(); w.write('a'); w.write(new Uint8Array([98])); await w.flush(); await w.end()")`,
          `await Bun.write(Bun.${name}, "x\\n")`,
          `[Bun.${name} instanceof Blob, Bun.${name}.size, Bun.${name}.type]`,
        ],
      },
    ]),
  ),
  stdin: {
    same: [
      "child('console.log(JSON.stringify(await Bun.stdin.text()))', [], {}, 'a b\\n')",
      "child('console.log(JSON.stringify(await Bun.stdin.json()))', [], {}, '[1, {}]')",
      "child('for await (const chunk of Bun.stdin.stream()) console.log(chunk.length)', [], {}, 'abc')",
      "child('for await (const line of console) console.log(JSON.stringify(line))', [], {}, 'one\\ntwo')",
    ],
  },
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
  version: { same: ["Bun.version", "process.versions.bun", "child('console.log(Bun.version)')"] },
  version_with_sha: {
    same: [
      "Bun.version_with_sha",
      "Bun.version_with_sha.length",
      "child('console.log(Bun.version_with_sha)')",
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
      "(await Bun.write(Bun.file(dir + '/w4'), Bun.file(dir + '/a.txt')), await Bun.file(dir + '/w4').text())",
      "[await Bun.write(dir + '/w5', ['a', bytes, new Blob(['b'])]), await Bun.write(dir + '/w6', 5), await Bun.write(dir + '/w7', '')]",
      "outcome(() => Bun.write(dir, 'x'))",
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
      "Object.keys(await import('bun')).filter((name) => name !== 'default').sort()",
      "(await import('bun')).env === process.env",
      "{ const { Glob } = await import('bun'); return Glob === Bun.Glob }",
    ],
    differs: [["its `default` is the object `Bun`", "typeof (await import('bun')).default"]],
  },
  "bun:sqlite": {
    same: [
      "Object.keys(await import('bun:sqlite')).sort()",
      "{ const { default: standard, Database } = await import('bun:sqlite'); return standard === Database }",
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
