/** Programs that never end by themselves: an interrupt must stop each and keep the variables. Their helpers come first. */
export const helpers = 'let kept = 42; const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms))';

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
  ['loop after a timer', 'await sleep(5); while (true) {}'],
  // A short read: one that outlives the interrupt would loop in the midst of a later cell.
  ['loop after a read', "await (await import('node:fs/promises')).readdir('.'); for (;;) {}"],
  ['loop in a timer', 'setTimeout(() => { for (;;) {} }); await sleep(1e6)'],
  ['loop in an immediate', 'setImmediate(() => { for (;;) {} }); await sleep(1e6)'],
  ['loop in a file callback', 'require("node:fs").stat(".", () => { for (;;) {} }); await sleep(1e6)'],
  [
    'loop in a socket callback',
    'const s = require("node:net").createServer(() => { for (;;) {} }).listen(0, () => require("node:net").connect(s.address().port)); await sleep(1e6)',
  ],
  ['loop of ticks', 'const tick = () => process.nextTick(tick); tick(); await sleep(1e6)'],
  ['loop in a tick', 'process.nextTick(() => { for (;;) {} }); await sleep(1e6)'],
  ['loop of immediates', 'const again = () => setImmediate(again); again(); await sleep(1e6)'],
  ['loop in a display', "({ [Symbol.for('Jupyter.display')]() { for (;;) {} } })"],
  ['flood of lines', 'for (let i = 0; ; i++) console.log(i)'],
];
