/** The style of the page: one column on a phone, and both colour schemes. */
export const HTML_STYLE = `
:root {
  --ground: #fff; --panel: #f4f4f1; --text: #1c1c1a; --faint: #5f5f59; --line: #deded8;
  --held: #1a7040; --broken: #b3261e; --other: #5f5f59; --on: #fff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #161615; --panel: #212120; --text: #e8e8e3; --faint: #a3a39b; --line: #3a3a37;
    --held: #6cc492; --broken: #ff8a80; --other: #a3a39b; --on: #161615;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .75rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; color: var(--faint); }
p { margin: 0; } .when, .note, .level { color: var(--faint); font-size: .875rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .875rem; }
a { color: inherit; }
.bar { display: flex; margin: 1rem 0; border-radius: .25rem; overflow: hidden; }
.bar span { padding: .25rem .5rem; color: var(--on); font-size: .8rem; white-space: nowrap; min-width: max-content; }
.bar .held { background: var(--held); } .bar .broken { background: var(--broken); }
.bar .not-applicable, .bar .unknown { background: var(--other); }
details { border: 1px solid var(--line); border-radius: .5rem; margin: 0 0 .75rem; background: var(--panel); }
summary { padding: .75rem 1rem; cursor: pointer; }
pre { margin: 0; padding: 1rem; border-top: 1px solid var(--line); overflow-x: auto; }
.tag { border: 1px solid currentColor; border-radius: .25rem; padding: 0 .35rem; font-size: .75rem; color: var(--faint); }
.tag.MUST, .tag.security { color: var(--broken); }
ul { list-style: none; margin: 0; padding: 0; }
li { display: flex; gap: 1rem; padding: .5rem 0; border-top: 1px solid var(--line); }
.mark { flex: 0 0 7.5rem; font-size: .875rem; } li.held .mark { color: var(--held); }
li.broken .mark { color: var(--broken); font-weight: 600; } li.not-applicable .mark, li.unknown .mark { color: var(--other); }
@media (max-width: 40rem) { li { display: block; } .bar { flex-wrap: wrap; } }
`;
