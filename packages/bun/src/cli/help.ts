export const HELP = `Usage: mantou [options] <file or script> [arguments of the program]

Runs programs that were written for Bun on Node.js. It provides \`import … from "bun"\` and the global Bun, reads TypeScript, JSX and .env files, and
serves a default export that has a fetch function or routes. Everything behind the file belongs to the program.

  mantou server.ts            runs a file; its extension may be left out
  mantou .                    runs a folder: its index, or what its package.json names
  mantou dev                  runs a script of package.json, or a command of node_modules/.bin
  mantou run <name>           the same; scripts come before files, and commands of the system are found, too
  mantou index.html           serves a page at every path; several, or a pattern in quotes, at their paths. Needs Vite
  mantou build server.ts --outdir dist
                              builds a program, and the pages that it imports, for production. Needs Vite, which the result does not
  mantou -e 'code'            runs code
  mantou -                    runs the code on standard input

Options
  --port N                    the port of servers that set none (default: $BUN_PORT, $PORT, $NODE_PORT or 3000)
  --hostname H                the address of a default export that sets none (default: all addresses)
  --backplane URL             connects the topics of WebSockets on all instances, for example redis://localhost:6379. Needs @mantou/backplane
  --workers N                 serves with N processes that share the port, or with one for each processor (auto). SIGHUP replaces them one by one
  --grace S                   after SIGTERM server.ready is false, and S seconds later the servers stop listening (default: 0)
  --hot                       runs changed files again in the same process, and keeps connections
  --watch                     starts the program again when a file changes
  --watch-kill-signal NAME    the signal with which --watch ends the program before it starts again (default: SIGTERM)
  --no-clear-screen           with --hot or --watch: leaves the terminal as it is
  -r, --preload M             runs module M first; --require and --import are the same
  -e, --eval CODE             runs the code
  -p, --print CODE            runs the code and prints its last value
  -d, --define K=V            replaces the name K in the program by the value V, for example process.env.MODE='"test"'
  -l, --loader .EXT:LOADER    reads files of the extension as js, jsx, ts, tsx, json, jsonc, json5, toml, yaml, text, css, file or sqlite
  --jsx-runtime R             automatic or classic; --jsx-factory, --jsx-fragment and --jsx-import-source are beside it. A tsconfig comes first
  --tsconfig-override FILE    reads FILE in place of each tsconfig.json
  --console-depth N           shows objects on the console down to the depth N; 0 for any
  --env-file FILE             reads the environment from FILE, or from several with commas between them, in place of .env files
  --no-env-file               reads no .env files
  --cwd FOLDER                runs in FOLDER
  -c, --config=FILE           reads FILE in place of bunfig.toml
  --smol                      uses less memory and more time
  --shell system              runs scripts in the shell of the system, as by default. Bun's own is not there
  --silent                    does not print the commands of scripts
  --if-present                a file or script that does not exist is no error
  -b, --bun                   scripts find this command also as "node"
  -v, --version               prints the version of Mantou
  --revision                  prints the versions of Mantou, Bun's API and Node.js
  -h, --help                  prints this

Options of Node.js, such as --inspect, --conditions, --cpu-prof or --expose-gc, are passed on to it. --install, -i and others that only Bun can follow
have no effect, and a line says so; those without which a program would be another one are refused.

Files: the .env files of the mode ($BUN_ENV or $NODE_ENV; development if it is none of production and test), and bunfig.toml (\`preload\`,
\`define\`, \`loader\`, \`env\`, \`smol\`, the names that begin with \`jsx\`, \`console.depth\`, \`serve.port\`, \`run.silent\` and \`run.bun\`), both in the
working directory.

Exit codes: the program's own; 1 if it throws, or does not exist; 2 if the options are wrong. A signal that ends the program ends the command, too.
`;

const INSTALLERS = "npm, pnpm or yarn";
/** Commands of Bun that are not there, and what does the same. */
export const ABSENT_COMMANDS: ReadonlyMap<string, string> = new Map([
  ["test", "vitest or `node --import @mantou/bun/register --test FILES`"],
  ["x", "npx"],
  ["init", "`npm init`"],
  ["create", "`npm create`"],
  ["c", "`npm create`"],
  ["repl", "node"],
  ["exec", "`sh -c`"],
  ["check", "`tsc --noEmit`"],
  ["fmt", "Biome or Prettier"],
  ["upgrade", "`npm install @mantou/bun@latest`"],
  ...[
    "install",
    "i",
    "add",
    "a",
    "remove",
    "rm",
    "update",
    "outdated",
    "link",
    "unlink",
    "publish",
    "pm",
    ...["audit", "patch", "patch-commit", "dedupe", "prune", "info", "why"],
  ].map((name): [string, string] => [name, INSTALLERS]),
]);
