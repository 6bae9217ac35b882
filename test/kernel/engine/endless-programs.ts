/** Programs that never end by themselves: an interrupt must stop each and keep the variables. Their helpers come first. */
export const helpers = 'let kept = 42; const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms))';

/** Says when it begins: what has not begun when the interrupt comes would loop in the midst of a later cell. */
const loop = "console.log('looping'); for (;;) {}";

/** What a program has printed when it may be interrupted. */
export function hasBegun(code: string, printed: string): boolean {
  return printed.includes(code.includes(loop) ? 'looping' : 'begun');
}

export const endlessPrograms: readonly (readonly [what: string, code: string])[] = [
  ['synchronous loop', 'while (true) {}'],
  ['loop that catches', 'for (;;) { try { for (;;) {} } catch {} }'],
  ['Atomics.wait', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'],
  ['regular expression', "/^(a+)+$/.test('a'.repeat(40) + 'b')"],
  ['promise that never settles', 'await new Promise(() => {})'],
  ['long timer', 'await sleep(1e6)'],
  ['loop of timers', 'for (;;) await sleep(1)'],
  ['loop after an await', 'await 0; while (true) {}'],
  ['starved event loop', 'for (;;) await 0'],
  ['loop after a timer', `await sleep(5); ${loop}`],
  ['loop after a read', `await (await import('node:fs/promises')).readFile(process.execPath); ${loop}`],
  ['loop in a timer', `setTimeout(() => { ${loop} }); await sleep(1e6)`],
  ['loop in an immediate', `setImmediate(() => { ${loop} }); await sleep(1e6)`],
  ['loop in a file callback', `require("node:fs").stat(".", () => { ${loop} }); await sleep(1e6)`],
  [
    'loop in a socket callback',
    `const s = require("node:net").createServer(() => { s.close(); ${loop} }).listen(0, () => require("node:net").connect(s.address().port)); await sleep(1e6)`,
  ],
  ['loop of ticks', 'const tick = () => process.nextTick(tick); tick(); await sleep(1e6)'],
  ['loop in a tick', `process.nextTick(() => { ${loop} }); await sleep(1e6)`],
  ['loop of immediates', 'const again = () => setImmediate(again); again(); await sleep(1e6)'],
  ['loop in a display', "({ [Symbol.for('Jupyter.display')]() { for (;;) {} } })"],
  ['flood of lines', 'for (let i = 0; ; i++) console.log(i)'],
];
