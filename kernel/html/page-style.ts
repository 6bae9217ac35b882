/** The look of an exported page, in light and dark. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --text: light-dark(#1f2328, #e3e6ea); --faint: light-dark(#6b7280, #9aa3ad);
  --page: light-dark(#ffffff, #14171a); --code: light-dark(#f5f7f9, #1d2125); --line: light-dark(#e2e6ea, #2d3339);
  --accent: light-dark(#0b6bcb, #6cb2f7); --error: light-dark(#b42318, #ff8a80);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.65 system-ui, sans-serif; }
main { max-width: 54rem; margin: 0 auto; padding: 2.5rem 1.25rem 5rem; }
h1, h2, h3 { line-height: 1.25; margin: 2rem 0 .75rem; }
h1 { font-size: 2rem; } h2 { font-size: 1.45rem; } h3 { font-size: 1.15rem; }
a { color: var(--accent); }
img, svg { max-width: 100%; height: auto; }
pre, code { font: 13.5px/1.55 ui-monospace, "Cascadia Code", Menlo, Consolas, monospace; }
.text code { background: var(--code); border-radius: 4px; padding: .1em .35em; }
.text pre { background: var(--code); border-radius: 8px; padding: .8rem 1rem; overflow-x: auto; }
.text pre code { background: none; padding: 0; }
.text blockquote { margin: 1rem 0; padding: 0 1rem; border-left: 3px solid var(--line); color: var(--faint); }
.code { position: relative; margin: 1.1rem 0; }
.prompt { color: var(--faint); font: 12px/1 ui-monospace, monospace; margin-bottom: .35rem; white-space: nowrap; }
@media (min-width: 66rem) { .prompt { position: absolute; right: calc(100% + .75rem); top: 1rem; } }
.source { margin: 0; padding: .8rem 1rem; background: var(--code); border: 1px solid var(--line); border-radius: 8px; white-space: pre-wrap; overflow-wrap: anywhere; }
.outputs { margin: .5rem calc(-1 * clamp(0rem, (100vw - 54rem) / 2 - 2rem, 16rem)) 0 0; padding: 0 .25rem; overflow-x: auto; }
.outputs pre { margin: .4rem 0; padding: 0 .75rem; white-space: pre; }
.outputs .stderr { color: var(--faint); } .outputs .error { color: var(--error); white-space: pre-wrap; }
table { border-collapse: collapse; font-size: .92em; margin: .6rem 0; }
th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: left; }
.image, .plot { margin: .6rem 0; }
.image svg, .plot { background: #ffffff; border-radius: 8px; color: #1f2328; }
.comment { color: var(--faint); } .string { color: light-dark(#0a7c53, #7fd1a8); }
.keyword { color: light-dark(#8a3ffc, #c3a0ff); } .number { color: light-dark(#b35900, #f0b072); }
.magic { color: var(--accent); font-weight: 600; }
`;
