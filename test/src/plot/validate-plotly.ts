/**
 * A program: reads `[{data, layout}]` from standard input and prints what plotly.js finds wrong in each.
 * plotly.js asks for a browser when it is loaded, but not to validate: here anything answers to anything.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const anything: unknown = new Proxy(class {}, {
  get: (_, key) => (key === Symbol.toPrimitive ? () => '' : key === 'length' ? 0 : anything),
  apply: () => anything,
  construct: () => anything as object,
  set: () => true,
});
const browser = { window: globalThis, self: globalThis, navigator: { userAgent: '' }, document: anything };
const classes = Object.fromEntries(
  ['DOMParser', 'Element', 'HTMLElement', 'CSSStyleDeclaration'].map((name) => [name, class {}]),
);
for (const [name, value] of Object.entries({ ...browser, ...classes, DOMParser: anything })) {
  Object.defineProperty(globalThis, name, { value, configurable: true });
}
Object.assign(URL, { createObjectURL: () => '' });

interface Library {
  validate(data: unknown, layout: unknown): { msg: string }[] | undefined;
}
const plotly = createRequire(import.meta.url)('plotly.js/dist/plotly-basic.js') as Library;
const figures = JSON.parse(readFileSync(0, 'utf8')) as { data: unknown; layout: unknown }[];
const complaints = figures.map(({ data, layout }) =>
  (plotly.validate(data, layout) ?? []).map(({ msg }) => msg),
);
process.stdout.write(JSON.stringify(complaints));
