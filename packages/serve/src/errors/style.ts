/** How the error page looks, in a light and a dark browser, wide or narrow. */
export const ERROR_STYLE: string = `
:root {
  --page: #f6f5f3; --card: #fff; --text: #22201d; --dim: #6d6760; --line: #e2deda;
  --red: #b3261e; --mark: #fdecea; --code: #faf9f7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #171614; --card: #201f1c; --text: #ebe7e1; --dim: #a09990; --line: #37342f;
    --red: #ff8a80; --mark: #43211e; --code: #1a1917;
  }
}
* { box-sizing: border-box }
body {
  margin: 0 auto; max-width: 64rem; padding: 1.5rem 1rem 3rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; -webkit-text-size-adjust: 100%;
}
code, pre, dd, h1 b, h2 b { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875rem }
header { margin-bottom: 1rem; overflow-wrap: anywhere; color: var(--dim) }
header strong { margin-right: .5rem; padding: .15rem .5rem; border-radius: .3rem; background: var(--red); color: var(--card) }
section { margin-bottom: 1rem; padding: 1.25rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--card) }
section section { margin: 1.25rem 0 0; padding: 1rem 0 0 1rem; border: 0; border-left: 3px solid var(--line); border-radius: 0 }
.label { margin: 0 0 .25rem; color: var(--dim); font-size: .875rem }
h1, h2 { margin: 0 0 1rem; line-height: 1.4 }
h1 span, h2 span { display: block; color: var(--red); font-size: 1rem }
h1 b, h2 b { display: block; font-size: 1.125rem; font-weight: 600; white-space: pre-wrap; overflow-wrap: anywhere }
h2 b { font-size: 1rem }
h1:last-child, h2:last-child { margin-bottom: 0 }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem .75rem; margin: 0 0 1rem; font-size: .875rem }
dt { max-width: 12rem; overflow-wrap: anywhere; color: var(--dim) }
dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }
ol { margin: 0; padding: 0; list-style: none }
li { padding: .3rem 0 }
li p, summary { margin: 0; padding: .2rem 0; overflow-wrap: anywhere }
summary { cursor: pointer }
em { color: var(--dim); font-style: normal }
small { margin-left: .25rem; color: var(--dim); font-size: .8125rem }
.folded summary, .raw summary { color: var(--dim); font-size: .875rem }
.folded p { padding-left: 1rem; color: var(--dim) }
pre { margin: .4rem 0 .25rem; padding: .6rem 0; overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; background: var(--code); line-height: 1.6; tab-size: 2 }
pre code { display: block; width: max-content; min-width: 100% }
.line { display: block; position: relative; padding: 0 1rem 0 4rem }
.line i { position: absolute; left: 0; width: 3.25rem; color: var(--dim); font-style: normal; text-align: right; user-select: none; -webkit-user-select: none }
.it { background: var(--mark) }
.caret { color: var(--red); font-weight: 700 }
.raw pre { padding: .75rem 1rem }
footer { margin-top: 1.5rem; color: var(--dim); font-size: .8125rem }
@media (max-width: 40rem) {
  body { padding: 1rem .5rem 2rem }
  section { padding: 1rem .75rem }
  section section { padding-left: .6rem }
  .line { padding-left: 2.75rem }
  .line i { width: 2.25rem }
}
`;
