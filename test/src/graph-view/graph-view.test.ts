import { describe, expect, test } from 'vitest';
import { GraphView } from '../../../src/graph-view/index.ts';
import type { Model, Value } from '../../../src/ir/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { displaySymbol, type MimeBundle } from '../../../src/report.ts';
import { architecture } from '../../../src/zoo/index.ts';
import { expectGolden } from '../../golden.ts';
import { build } from '../passes/passing.ts';

/** A residual block, a split and a loop. */
function branched(): Model {
  return build(({ b, weights }) => {
    const x = b.input('x', 'float32', ['N', 4, 8, 8]);
    const first = b.op('Relu', [b.op('Conv', [x, weights('w1', 4, 4, 3, 3)], { pads: [1, 1, 1, 1] })]);
    const second = b.op('Conv', [first, weights('w2', 4, 1, 3, 3), weights('b2', 4)], {
      pads: [1, 1, 1, 1],
      group: 4,
    });
    const sum = b.op('Add', [first, b.op('Clip', [second, b.scalar(0), b.scalar(6)])]);
    const [left, right] = b.node('Split', [sum], { axis: 1, num_outputs: 2 }, 2);
    const body = createBuilder({ prefix: 'body/' });
    body.input('i', 'int64', []);
    const more = body.input('more', 'bool', []);
    const state = body.input('state', 'float32', ['N', 2, 8, 8]);
    body.output(body.op('Identity', [more]), 'more_out');
    body.output(body.op('Mul', [state, right!]), 'state_out');
    b.output(b.op('Loop', [b.constant('int64', [3], []), undefined, left], { body: body.graph }), 'y');
    b.output(b.op('Neg', [right!]), 'z');
  });
}

/** As many residual blocks as `count`, four nodes each. */
const deep = (count: number): Model =>
  build(({ b }) => {
    let x: Value = b.input('x', 'float32', ['N', 4]);
    for (let i = 0; i < count; i++) x = b.op('Add', [x, b.op('Exp', [b.op('Neg', [b.op('Relu', [x])])])]);
    b.output(x, 'y');
  });

describe('boxes and arrows', () => {
  test('have weights inside, shapes on the arrows, ports at the ends', () => {
    const { diagram } = new GraphView(branched());
    expect(diagram.notes).toEqual([]);
    expect(diagram.boxes.map(({ title }) => title)).toEqual([
      'x',
      'Conv',
      'Relu',
      'Conv',
      'Clip',
      'Add',
      'Split',
      'Loop',
      'Neg',
      'y',
      'z',
    ]);
    expect(diagram.boxes[3]!.lines).toEqual([
      { name: 'W', text: '‹4×1×3×3›' },
      { name: 'B', text: '‹4›' },
      { name: '', text: '3×3, pad 1, group 4' },
    ]);
    const arrows = diagram.edges.map(({ from, to, label }) => `${from} ${to} ${label}`);
    expect(arrows).toContain('0 1 N×4×8×8');
    expect(arrows).toContain('2 5 ');
    // What only the body of the loop reads goes into the loop.
    expect(arrows.filter((arrow) => arrow.startsWith('6 7'))).toHaveLength(1);
  });

  test('the picture is the one that was looked at', () => {
    expectGolden(new GraphView(branched()).toSvg(), 'graph-view/branched.svg');
  });

  test('boxes do not overlap, lie in the picture, and arrows go down', () => {
    const svg = new GraphView(deep(12)).toSvg();
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number);
    const boxes = [
      ...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g),
    ].map((match) => match.slice(1).map(Number) as [number, number, number, number]);
    expect(boxes.length).toBe(12 * 4 + 2);
    for (const [i, [x, y, w, h]] of boxes.entries()) {
      expect(x >= 0 && y >= 0 && x + w <= width! && y + h <= height!).toBe(true);
      for (const [ox, oy, ow, oh] of boxes.slice(i + 1))
        expect(x + w <= ox || ox + ow <= x || y + h <= oy || oy + oh <= y).toBe(true);
    }
  });
});

describe('large graphs', () => {
  test('share boxes by runs first, then by blocks, and all nodes are in one', () => {
    const model = deep(100);
    const sizes = [500, 250, 40].map((limit) => {
      const { diagram } = new GraphView(model, { limit });
      const nodes = diagram.boxes.filter(({ kind }) => kind === 'node' || kind === 'group');
      const counted = nodes.reduce(
        (sum, { title, kind }) => sum + (kind === 'group' ? Number.parseInt(title, 10) : 1),
        0,
      );
      expect(counted).toBe(400);
      expect(nodes.length).toBeLessThanOrEqual(limit);
      return [nodes.length, diagram.notes.length];
    });
    expect(sizes).toEqual([
      [400, 0],
      [200, 1],
      [35, 1],
    ]);
  });

  test.each([
    ['resnet20', 20, 'layer2.1 · 7 nodes'],
    ['mobilenetv2', 60, 'features.3.conv · 8 nodes'],
  ])('of %s have boxes that are named after their layers', (name, limit, title) => {
    const { diagram } = new GraphView(architecture(name, { sample: [3, 32, 32], classes: 5 }), { limit });
    expect(diagram.boxes.map((box) => box.title)).toContain(title);
  });

  test('what has no such places is cut off with a note', () => {
    const model = build(({ b }) => {
      const x = b.input('x', 'float32', [4]);
      const branches = Array.from({ length: 120 }, () => b.op('Add', [b.op('Neg', [x]), b.op('Exp', [x])]));
      b.output(b.op('Sum', branches), 'y');
    });
    const { diagram } = new GraphView(model, { limit: 30 });
    expect(diagram.boxes.at(-2)!.title).toMatch(/^\d+ more nodes$/);
    expect(diagram.notes.at(-1)).toMatch(/nodes are left out: name values with --from and --to/);
  });

  test('are laid out within a second or two', () => {
    const start = performance.now();
    new GraphView(deep(250), { limit: 2000 }).toSvg();
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});

describe('text', () => {
  test('is one line per node with a column per value', () => {
    expectGolden(new GraphView(branched(), { name: 'branched' }).toText(), 'graph-view/branched.txt');
  });

  test('leaves out the middle of long graphs and says so', () => {
    const lines = new GraphView(deep(200)).toText({ limit: 20 }).split('\n');
    expect(lines.length).toBe(22);
    expect(lines[11]).toMatch(/^… 781 lines left out/);
  });
});

describe('a quantized graph', () => {
  const quantized = () =>
    build(({ b }) => {
      const rounding = [b.constant('float32', [0.5], []), b.constant('uint8', [3], [])];
      const round = (value: Value) =>
        b.op('DequantizeLinear', [b.op('QuantizeLinear', [value, ...rounding]), ...rounding]);
      const stored = b.constant('int8', [1, 2, 3, 4], [2, 2]);
      const weights = b.op('DequantizeLinear', [stored, b.constant('float32', [0.1], [])]);
      const product = b.op('MatMul', [round(b.input('x', 'float32', ['N', 2])), weights]);
      b.output(round(b.op('Relu', [round(product)])), 'y');
    });

  test('reads as the network that it was, with the types of its values', () => {
    const [title, ...lines] = new GraphView(quantized(), { name: 'q' }).toText().split('\n');
    expect(title).toMatch(/^q: 9 nodes/);
    expect(lines).toEqual([
      expect.stringMatching(/○ {2}x: float32\[N, 2\] {2}uint8, scale 0.5, zero 3$/),
      expect.stringMatching(/MatMul .*\[1, 2, 3, 4\] .*→ N×2 uint8, scale 0.5, zero 3$/),
      expect.stringMatching(/Relu .*→ N×2$/),
      expect.stringMatching(/QuantizeLinear/),
      expect.stringMatching(/DequantizeLinear .*◎ y$/),
    ]);
    const labels = new GraphView(quantized()).diagram.edges.map(({ label }) => label);
    expect(labels).toContain('N×2 uint8');
  });

  test('shows its pairs on request, one line for each', () => {
    expect(new GraphView(quantized(), { pairs: true }).toText().split('\n')).toHaveLength(2 + 9);
  });
});

test('a cell shows HTML with the picture inside, a PNG and the text', async () => {
  const view = new GraphView(architecture('lenet', { sample: [1, 28, 28], classes: 10 }), {
    name: '<lenet>',
  });
  const bundle: MimeBundle = await view[displaySymbol]();
  const html = String(bundle['text/html']);
  expect(html).toContain('<svg ');
  expect(html).toContain('&lt;lenet&gt;');
  expect(Buffer.from(String(bundle['image/png']), 'base64').subarray(1, 4).toString()).toBe('PNG');
  expect(bundle['text/plain']).toContain('Conv conv1');
  // The script is a function of this page only: it must parse.
  const script = /<script>(.*)<\/script>/s.exec(html)![1]!;
  expect(() => new Function(script)).not.toThrow();
});
