import { type Graph, type Node, toAttribute } from '../../ir/index.ts';

/** Makes spatial zero padding in front of a Conv part of its own, IN PLACE. */
export function foldPad(graph: Graph): void {
  for (const conv of [...graph.nodes]) {
    const pad = conv.opType === 'Conv' ? zeroPad(graph, conv) : undefined;
    if (!pad) continue;
    const pads = pad.input(1).tensor!.toNumbers();
    const rank = pads.length / 2;
    const spatial = [...pads.slice(2, rank), ...pads.slice(rank + 2)];
    const own = conv.ints('pads') ?? spatial.map(() => 0);
    conv.attributes.set(
      'pads',
      toAttribute(
        'pads',
        spatial.map((size, i) => size + own[i]!),
      ),
    );
    conv.setInput(0, pad.input(0));
    graph.remove(pad);
  }
}

function zeroPad(graph: Graph, conv: Node): Node | undefined {
  const x = conv.input(0);
  const pad = x.producer;
  if (pad?.opType !== 'Pad' || pad.inputs[2] || pad.string('mode', 'constant') !== 'constant')
    return undefined;
  if (x.uses.length > 1 || graph.outputs.includes(x) || conv.attributes.has('auto_pad')) return undefined;
  const pads = pad.input(1).tensor?.toNumbers();
  const rank = (pads?.length ?? 0) / 2;
  const spatialOnly = pads?.every((size, i) => size >= 0 && (i % rank > 1 || size === 0));
  return spatialOnly ? pad : undefined;
}
