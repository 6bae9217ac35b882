import { afterAll, describe, expect, test } from 'vitest';
import { TestSession } from './cells.ts';

const session = new TestSession();
afterAll(() => session.session.close());

async function bundle(code: string): Promise<Record<string, unknown>> {
  const { outputs, error } = await session.run(code);
  expect(error).toBeUndefined();
  return outputs.find((output) => output.type === 'result')!.data;
}

async function text(code: string): Promise<string> {
  return String((await bundle(code))['text/plain']);
}

describe('tables', () => {
  test('records, with holes, dates, nested values and markup', async () => {
    const { 'text/plain': plain, 'text/html': html } = await bundle(
      "[{ name: '<a>', n: 1.23456789, at: new Date(0) }, { name: 'b', n: 20, more: { deep: { x: 1 } } }, { n: null, year: 2026 }]",
    );
    expect(plain).toBe(`3 rows
name        n  at                        more                year
────  ───────  ────────────────────────  ──────────────────  ────
<a>   1.23457  1970-01-01T00:00:00.000Z
b          20                            { deep: [Object] }
         null                                                2026`);
    expect(html).toContain('&lt;a&gt;</td>');
    expect(html).toContain('>2026</td>');
  });

  test('long ones are cut, and say so', async () => {
    const { 'text/plain': plain, 'text/html': html } = await bundle(
      'Array.from({ length: 3000 }, (_, i) => ({ i }))',
    );
    expect(String(plain).split('\n').slice(0, 2)).toEqual(['3,000 rows, the first 20 shown', ' i']);
    expect(String(html).match(/<tr>/g)).toHaveLength(501);
    expect(html).toContain('max-height');
  });

  test('lists that are no records are left as they are', async () => {
    expect(await text('[{ a: 1 }]')).toBe('[ { a: 1 } ]');
    expect(await text('[{ a: 1 }, 2]')).toBe('[ { a: 1 }, 2 ]');
    expect(await text('[{}, {}]')).toBe('[ {}, {} ]');
    expect(await text('[{ a: { b: 1 } }, { a: { b: 2 } }]')).toBe('[ { a: { b: 1 } }, { a: { b: 2 } } ]');
  });

  test('getters are not called', async () => {
    expect(await text('[{ a: 1, get b() { throw new Error("called") } }, { a: 2 }]')).toContain('[Getter]');
  });

  test('a map, as code in text', async () => {
    const { 'text/plain': plain, 'text/html': html } = await bundle("new Map([['k', 1], ['l', 2]])");
    expect(plain).toBe("Map(2) { 'k' => 1, 'l' => 2 }");
    expect(html).toContain('2 entries');
    expect(await text('new Set([1, 2])')).toBe('Set(2) { 1, 2 }');
  });
});

describe('numbers', () => {
  test('a long typed array is summed up', async () => {
    expect(await text('Int16Array.from({ length: 101 }, (_, i) => i - 50)')).toBe(`Int16Array
dtype  length  min  mean  max  std. dev.
─────  ──────  ───  ────  ───  ─────────
int16     101  -50     0   50    29.1548
[-50, -49, -48, -47, -46, -45, -44, -43, -42, -41, ... 91 more]`);
  });

  test('values that are no numbers are counted', async () => {
    expect(await text('Float64Array.from({ length: 20 }, (_, i) => (i < 2 ? NaN : i))')).toMatch(
      /not finite\n[\s\S]* 2\n/,
    );
    expect(await text('new BigInt64Array(20).fill(9007199254740993n)')).toContain('[9007199254740993, ');
  });

  test('a short one is shown whole', async () => {
    expect(await text('Float32Array.of(1, 2.5)')).toBe('Float32Array(2) [ 1, 2.5 ]');
  });

  test('tensors: scalar, matrix, figures', async () => {
    await session.run("import { Tensor } from 'edgebook'");
    expect(await text("Tensor.scalar('float32', 1.5)")).toBe('Tensor float32 [] 1.5');
    expect(await text("Tensor.of('int64', [1, 2, 3])")).toBe('Tensor int64 [3]\n[1, 2, 3]');
    expect(await text("Tensor.of('int8', [1, -2, 3, 4, 5, 6], [2, 3])")).toBe(`Tensor int8 [2, 3]
   0   1  2
─  ─  ──  ─
0  1  -2  3
1  4   5  6`);
    expect(await text("Tensor.of('float16', Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001), [4])")).toBe(
      'Tensor float16 [4]\n[1, -2, 65504, 5.96046e-8]',
    );
    expect(await text("new Tensor('int4', [4], Uint8Array.of(1, 2))")).toMatch(/^Tensor int4 \[4\]/);
    expect(await text("Tensor.of('float32', new Float32Array(24), [2, 3, 4])")).toContain('elements  min');
  });

  test('an image is a picture too', async () => {
    const data = await bundle(
      "Tensor.of('uint8', Uint8Array.from({ length: 3 * 9 * 8 }, (_, i) => i), [3, 9, 8])",
    );
    expect(Object.keys(data)).toEqual(['text/html', 'image/png', 'text/plain']);
    expect(data['text/html']).toContain(`base64,${data['image/png']}`);
  });

  test('models and graphs', async () => {
    await session.run(
      "import { Graph, Model, Node, Value } from 'edgebook'; const broken = new Model(new Graph('empty'))",
    );
    const { 'text/plain': plain, 'text/html': html } = await bundle('broken');
    expect(plain).toContain('graph empty');
    expect(html).toContain('<details>');
    expect(await text('broken.graph')).toContain('graph empty() -> () {');
  });
});

describe('other values', () => {
  test.each([
    [
      '(a, b = [1, ")"], { c }: { c: number } = { c: 1 }) => a',
      'function (anonymous)(a, b = [1, ")"], { c } = { c: 1 })',
    ],
    ['async function* f(a: number, ...rest: string[]) {}; f', 'async function* f(a, ...rest)'],
    ['x => x', 'function (anonymous)(x)'],
    [
      'class A { constructor(x: number, y = 2) {} m() {} get g() { return 1 } }; A',
      'class A(x, y = 2) { m, g }',
    ],
    ['class B extends A {}; B', 'class B extends A'],
    ['Math.max', '[Function: max]'],
    ['Object.assign(() => 1, { extra: 2 })', 'function (anonymous)()\n[Function (anonymous)] { extra: 2 }'],
    ['new Date(0)', '1970-01-01T00:00:00.000Z'],
    ['new Promise(() => {})', 'Promise { <pending> }\nTo see its value, await it.'],
    ['Promise.resolve(5)', 'Promise { 5 }'],
    ['Object.create(null)', '[Object: null prototype] {}'],
    [
      'new Proxy({ a: 1 }, { get() { throw new Error("trap") }, has() { throw new Error("trap") } })',
      '{ a: 1 }',
    ],
    ['new Proxy({}, { get: () => () => 1 })', '{}'],
    ['({ get boom() { throw new Error("x") } })', '{ boom: [Getter] }'],
    ['const cycle: any = {}; cycle.self = cycle; cycle', '<ref *1> { self: [Circular *1] }'],
    ['Symbol.iterator', 'Symbol(Symbol.iterator)'],
    ['10n', '10n'],
  ])('%s', async (code, shown) => {
    expect((await text(code)).replace('{c}', '{ c }')).toBe(shown);
  });

  test('an async generator, and how to see its items', async () => {
    expect(await text('(async function* () {})()')).toMatch(/^Object \[AsyncGenerator\] \{\}\n.*for await/);
  });

  test('an error as a value names its cell', async () => {
    expect(await text('new TypeError("kept", { cause: "c" })')).toMatch(
      /^TypeError: kept\n\nCell In\[\d+\], line 1\n[\s\S]*Caused by Thrown: 'c'$/,
    );
  });

  test.each([
    [
      'Buffer.from("89504e470d0a1a0a0000000d49484452000000000000", "hex")',
      'image/png',
      'PNG image, 22 bytes',
    ],
    [
      'Uint8Array.from({ length: 20 }, (_, i) => [255, 216, 255][i] ?? 0)',
      'image/jpeg',
      'JPEG image, 20 bytes',
    ],
    ['Buffer.from("GIF89a" + "x".repeat(20))', 'image/gif', 'GIF image, 26 bytes'],
    [`Buffer.from('<?xml version="1.0"?><svg></svg>')`, 'image/svg+xml', 'SVG image, 32 bytes'],
  ])('bytes of a picture: %s', async (code, mime, shown) => {
    const data = await bundle(code);
    expect(Object.keys(data)).toEqual([mime, 'text/plain']);
    expect(data['text/plain']).toBe(shown);
  });

  test('the bytes of an SVG are shown as text, of others as base64', async () => {
    expect((await bundle("Buffer.from('<svg>' + 'ä'.repeat(9) + '</svg>')"))['image/svg+xml']).toBe(
      '<svg>äääääääää</svg>',
    );
    expect((await bundle('Buffer.from("GIF89a" + "x".repeat(20)).subarray(0)'))['image/gif']).toBe(
      Buffer.from(`GIF89a${'x'.repeat(20)}`).toString('base64'),
    );
  });
});

describe('limits', () => {
  test('many keys', async () => {
    const shown = await text("Object.fromEntries(Array.from({ length: 2000 }, (_, i) => ['k' + i, i]))");
    expect(shown.split('\n')).toHaveLength(103);
    expect(shown).toContain("'... 1,900 more keys'");
  });

  test('many keys further in, in an instance of a class', async () => {
    const shown = await text(
      "class Holder { big = Object.fromEntries(Array.from({ length: 300 }, (_, i) => ['k' + i, i])); #p = 1 }; new Holder()",
    );
    expect(shown).toMatch(/^Holder \{/);
    expect(shown).toContain("'... 200 more keys'");
  });

  test('long strings and arrays', async () => {
    expect(await text("'x'.repeat(1e6)")).toMatch(/\.\.\. 990000 more characters$/);
    expect(await text('new Array(1e5).fill(7)')).toContain('... 99900 more items');
  });

  test('many levels of many', async () => {
    const shown = await text(
      'const row = (make: () => unknown) => Array.from({ length: 100 }, make); row(() => row(() => row(() => Math.random())))',
    );
    expect(shown.length).toBeLessThan(50_100);
    expect(shown).toContain('more items');
  });

  test('what is cut is not changed', async () => {
    expect(
      await text(
        'const nested = { a: Object.fromEntries(Array.from({ length: 200 }, (_, i) => [i, i])) }; nested;\nObject.keys(nested.a).length',
      ),
    ).toBe('200');
  });
});
