import { GraphView } from '../src/graph-view/index.ts';
import { extract } from '../src/passes/index.ts';
import type { Magic } from './magic.ts';
import { variantOf } from './resolve.ts';

export const graph: Magic<GraphView> = {
  name: 'graph',
  summary: 'Show the graph of a model: operators, weights and shapes, to zoom in',
  positionals: [{ name: 'model', summary: 'a model', required: true, completes: 'model' }],
  flags: [
    { name: 'from', kind: 'string', summary: 'values where the part to show begins, with commas between' },
    { name: 'to', kind: 'string', summary: 'values where it ends' },
    {
      name: 'limit',
      kind: 'number',
      integer: true,
      min: 1,
      default: 300,
      summary: 'boxes, or lines of text, at most; more nodes share boxes',
    },
    {
      name: 'pairs',
      kind: 'switch',
      summary:
        'quantized models: QuantizeLinear and DequantizeLinear as nodes, instead of as the type of a value',
    },
  ],
  examples: ['%graph cnn', '%graph cnn --to conv2', '%graph big --limit 60', '%graph cnn_int8 --pairs'],
  result: 'GraphView',
  async run({ positionals: [name = ''], flags }, context) {
    const variant = await variantOf(name, context);
    const [from, to] = [flags.from, flags.to].map((list) =>
      list === undefined ? undefined : split(String(list)),
    );
    const part = from || to ? extract(variant.model, { inputs: from, outputs: to }) : variant.model;
    return new GraphView(part, {
      name: variant.name,
      limit: Number(flags.limit),
      pairs: flags.pairs === true,
    });
  },
};

const split = (list: string): string[] => list.split(',').map((name) => name.trim());
