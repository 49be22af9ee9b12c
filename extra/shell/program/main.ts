import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { $ } from "bun";

const folder = realpathSync(mkdtempSync("/tmp/mantou-shell-"));
process.chdir(folder);
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
writeFileSync("list.txt", "bun one\nx\nbun two\n");
await $`mkdir -p d && touch d/a.txt d/b.txt d/c.md`;

const bytes = new TextEncoder().encode("bytes");
const buffer = new Uint8Array(6);
const short = new Uint8Array(3);
const commands: Record<string, () => ReturnType<typeof $>> = {
  echo: () => $`echo "Hello World!"`,
  pipe: () => $`echo "Hello World!" | wc -w`,
  pipes: () => $`cat list.txt | grep ${"bun"} | sort -r`,
  and: () => $`true && echo yes || echo no`,
  or: () => $`false || echo no`,
  "two commands": () => $`echo a; echo b`,
  "two lines": () => $`echo a
    echo b`,
  substitution: () => $`echo got $(echo inner)`,
  "quoted substitution": () => $`echo "got $(echo inner)"`,
  variable: () => $`REV=$(echo v1)
    echo "app:$REV"`,
  "variable of a command": () => $`FOO=foo sh -c 'echo $FOO'`,
  "interpolated variable": () => $`FOO=${"bar123; rm -rf /tmp/none"} sh -c 'echo $FOO'`,
  glob: () => $`ls d/*.txt | sort`,
  "touch of a file with text": () => $`echo kept > kept.txt; touch kept.txt; cat kept.txt`,
  "touch by a path from the root": () => $`touch ${folder}/rooted.txt && ls rooted.txt`,
  "ended by a signal": () => $`sh -c 'kill -9 $$'`,
  "ended by a signal, or": () => $`sh -c 'kill -9 $$' || echo failed`,
  "glob of folders": () => $`echo **/*.md`,
  braces: () => $`echo {1,2,3} d/{a,b}.txt`,
  subshell: () => $`(echo a; echo b) | wc -l`,
  cd: () => $`cd d && ls | sort && pwd`,
  "to a file": () => $`echo bun! > greeting.txt; cat greeting.txt`,
  "behind a file": () => $`echo more >> greeting.txt; cat greeting.txt`,
  "from a file": () => $`cat < list.txt`,
  "2>&1": () => $`sh -c 'echo e >&2' 2>&1`,
  "1>&2": () => $`echo x 1>&2`,
  "&>": () => $`sh -c 'echo o; echo e >&2' &> both.txt; sort both.txt`,
  "2>": () => $`sh -c 'echo e >&2' 2> err.txt; cat err.txt`,
  "from a response": () => $`cat < ${new Response("hello i am a response body")} | wc -w`,
  "from bytes": () => $`cat < ${bytes}`,
  "from a Blob": () => $`cat < ${new Blob(["blob"])}`,
  "from Bun.file": () => $`cat < ${Bun.file("list.txt")}`,
  "to Bun.file": () => $`echo w > ${Bun.file("w.txt")}; cat w.txt`,
  "to a path": () => $`echo p > ${"p q.txt"}; cat ${"p q.txt"}`,
  "to bytes": () => $`echo hi > ${buffer}`,
  "to bytes that are too few": () => $`seq 10000 > ${short} && echo on`,
  "no injection": () => $`echo ${"d; echo pwned"} ${"$(echo x)"} ${"*"} ${"~"}`,
  list: () => $`echo ${["a b", "c"]} x`,
  raw: () => $`echo ${{ raw: "a   b | cat; echo d" }}`,
  numbers: () => $`echo ${5} ${true} ${undefined} ${null}`,
  joined: () => $`echo ${"a"}b${"c d"}`,
  quotes: () => $`echo 'a $HOME' "b c" d\ e`,
  comment: () => $`echo a # comment`,
  "an escaped variable": () => $`echo \${HOME}`,
  files: () =>
    $`mkdir q && touch q/t && mv q/t q/u && ls q && rm -rf q nosuch && basename /a/b && dirname /a/b && seq 3`,
  "two values in quotes": () => $`echo "a ${"b c"} d${"e"}" 'f ${"g h"}'`,
  ...Object.fromEntries(
    [
      "it's",
      'say "hi"',
      "$HOME",
      "`id`",
      "$(id)",
      "a\\b\\",
      "*",
      "",
      "a\nb",
      "~",
      "{a,b}",
      "# x",
      "'; id; '",
    ].map((word) => [
      `${JSON.stringify(word)} in quotes, and without`,
      () => $`printf '[%s]' "x${word}y" 'x${word}y' x${word}y "${word}" ${word}; V="${word}" && echo "$V"`,
    ]),
  ),
  "values in a substitution": () => $`echo "$(echo "${"a b"}" ${"c d"}) e"`,
  "values in a comment": () => $`echo a # ${"b\nid"} it's "c`,
  "escaped characters": () => $`echo \a\b \' \" \\ \* \{ \( \; \& \| \> \# "\a \\ \$ \" \' \*" a=\$b`,
  "objects with a text": () =>
    $`echo ${new URL("http://a/b?c")} ${/re/} ${[new URL("http://a/"), [1, ["x y"]]]}`,
  "echo with options": () =>
    $`echo -n a; echo -e "b\tc\x41\0101\c d"; echo -ne "e\n"; echo -E "f\n"; echo -x -n; echo - g`,
  "variables are one word": () =>
    $`printf '[%s]' $WORDS a$WORDS "$WORDS" $STAR $EMPTY $NONE; B="$STAR" && echo $B`.env({
      ...process.env,
      WORDS: "a  b",
      STAR: "*",
      EMPTY: "",
    }),
  brackets: () => $`echo [x] [$NONE] d/[ab].txt && [ -d d ] && echo yes`,
  "a reader that ends first": () => $`yes | head -n 2`,
  "readers that end first": () =>
    $`yes | head -c 100000 | wc -c; seq 1 100000 | grep -m1 77; seq 5 | grep -q 3 && echo found`,
  "a reader of a file and of a body": () =>
    $`cat list.txt | head -1; cat < ${new Response("a\nb\n")} | head -1`,
  "codes of a pipeline": () =>
    $`sh -c 'exit 2' | sh -c 'exit 4' || sh -c 'exit 3' | cat && echo ${"last"} | sh -c 'kill -9 $$'`,
  "cat of two files, and of none": () =>
    $`cat list.txt greeting.txt | wc -l; cat none.txt; cat none.txt | wc -l`,
  "what a pipeline knows": () =>
    $`cd d && FOO=bar sh -c 'echo $FOO; basename $PWD; echo e >&2' | tee t.txt | cat && cat t.txt`,
  "values in quotes behind < and >": () =>
    $`echo "a > ${"b"}" '<i>${"c"}</i>' "d >${Bun.file("e")}" \> ${"f"}; echo g > "${"h i"}"; cat "h i"`,
  "a number is no file": () => $`echo a ${"2"}> n.txt; echo b${1}>>n.txt; echo c ${2}>>n.txt; cat n.txt`,
  "a value is no name of a variable": () => $`echo $${"HOME"} "$${"HOME"}" $?${"x"} "$#"`,
  "keywords and assignments in values": () =>
    $`echo ${"if"} ${"fi"}; ${"FOO"}=${"b c"} sh -c 'echo $FOO'; export ${"BAR=d e"}; echo "$BAR"`,
  "long values": () =>
    $`echo ${"w x | y ".repeat(10_000)} ${{ raw: "r".repeat(200_000) }} ${"'".repeat(200_000)} | wc -c`,
  "paths in a pipeline": () =>
    $`/usr/bin/yes 2>/dev/null | /usr/bin/head -n 1; ${"/usr/bin/seq"} 3 | head -n 1; /bin/echo a | cat`,
  "many words": () => $`echo ${Array.from({ length: 10_000 }, (_, i) => `w${i}`)} | wc -w`,
  "nothing at all": () => $`  # but a comment`,
  exit: () => $`exit 3`,
  "the folder": () => $`pwd`.cwd("/usr"),
  "the environment": () => $`echo $FOO`.env({ ...process.env, FOO: "bar" }),
  "a failing command": () => $`sh -c 'exit 7' || echo fallback`,
};
for (const [name, command] of Object.entries(commands)) {
  const { stdout, stderr, exitCode } = await command().nothrow().quiet();
  console.log(
    name,
    JSON.stringify([String(stdout), String(stderr), exitCode]).replaceAll(folder, "<folder>"),
  );
}
console.log(
  String.fromCharCode(...buffer.subarray(0, 3)).trim(),
  JSON.stringify(String.fromCharCode(...short)),
);
const show = (...values: unknown[]) => console.log(values.map((value) => JSON.stringify(value)).join(" "));
show(
  await $`echo '{"foo": "bar"}'`.json(),
  await $`echo hi`.text(),
  (await $`echo hi`.bytes()).length,
  (await $`echo hi`.blob()).size,
);
show(await $`/etc/passwd | cat; echo b`.text());
try {
  await $`echo ${"a\0b"}`;
} catch (error) {
  show((error as Error).name);
}
for await (const line of $`printf 'a\nb\n'`.lines()) show(line);
const failed = await $`sh -c 'echo o; echo e >&2; exit 3'`.quiet().catch((error) => error);
show(
  failed.name,
  failed.message,
  failed.exitCode,
  String(failed.stdout),
  String(failed.stderr),
  failed instanceof $.ShellError,
);
show(failed.text(), failed.text("hex"), failed.bytes(), failed.arrayBuffer().byteLength, failed.blob().size);
show(
  await $`exit 4`.text().catch((error) => error.exitCode),
  await $`sh -c 'echo x; exit 2'`.nothrow().text(),
);
$.nothrow();
show((await $`exit 5`).exitCode);
$.throws(true);
$.cwd("/usr");
show(await $`pwd`.text(), await $`pwd`.cwd("/").text());
$.cwd();
$.env({ FOO: "bar" });
show(await $`echo $FOO`.text(), await $`echo $FOO`.env({ FOO: "baz" }).text());
$.env();
show(await $`echo "$FOO."`.text());
show(["a", "a b", "", "$x", "a'b", 'a"b', "a;b", "é", "a=b", "*", "`x`", "#a", "-x", "!x"].map($.escape));
show($.braces("{a,b}c"), $.braces("x{1,{2,3}}y"), $.braces("a{b}"), $.braces("{,x}"));
try {
  $`echo ${{ a: 1 } as never}`;
} catch (error) {
  show((error as Error).message);
}
show(await $`echo none/*.txt || echo fallback`.text(), (await $`echo none/*.txt`.nothrow().quiet()).exitCode);
const printed = await $`echo printed`;
show(printed.text(), printed.exitCode);
const promise = $`echo lazy`.quiet();
show(promise instanceof Promise, promise instanceof $.ShellPromise, (await promise).constructor.name);
const shell = new $.Shell();
shell.cwd("/");
show(await shell`pwd`.text(), await $`bun -e 'console.log(Bun.version)'`.text());
const failures = [
  () => $`pwd`.cwd("/nosuch"),
  () => $`pwd`.cwd(`${folder}/list.txt`),
  () => $`echo $(echo a`,
  () => $`(echo a`,
];
for (const each of failures) {
  const outcome = await (async () => each().quiet())().catch((error: unknown) => error);
  show(outcome instanceof Error);
}
