import { normalizeAxis } from './axes.ts';
import type { ChannelRule } from './channel-rule.ts';
import { constantOf } from './constant.ts';
import { operandInput } from './operand.ts';

/** A constant list of indices takes labels as it takes elements. The rows of a table that is looked up in stay. */
export const gatherChannels: ChannelRule = {
  trace(t) {
    const data = t.input(0);
    const axis = normalizeAxis(t.node, t.node.int('axis', 0), data.length);
    for (const other of data.keys()) if (other !== axis) t.role(0, other, 'output');
    const labels = data[axis];
    const indices = operandInput(t.node, 1);
    const shape = t.node.input(1).shape!;
    const list = shape.length === 1 && indices && indices !== 'dynamic' ? indices : undefined;
    if (!list) t.fix(labels, 'takes indices of this axis that must stay what they are');
    const taken = list && labels && Int32Array.from(list, (i) => labels[i < 0 ? i + labels.length : i]!);
    t.output([
      ...data.slice(0, axis),
      ...(list ? [taken] : shape.map(() => undefined)),
      ...data.slice(axis + 1),
    ]);
  },
  shrink({ node, keptInput, setInts }) {
    const size = Number(node.input(0).shape?.at(node.int('axis', 0)));
    const kept = keptInput(0, normalizeAxis(node, node.int('axis', 0), node.input(0).shape!.length));
    const indices = constantOf(node.inputs[1])?.toNumbers();
    if (!kept || !indices) return;
    const places = indices.map((i) => kept.indexOf(i < 0 ? i + size : i));
    setInts(
      'indices',
      1,
      places.filter((place) => place >= 0),
    );
  },
};
