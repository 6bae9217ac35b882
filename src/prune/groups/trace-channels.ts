import type { Graph, Value } from '../../ir/index.ts';
import { opOf } from '../../ops/index.ts';
import { ChannelLabels } from './channel-labels.ts';
import { NodeTrace } from './node-trace.ts';

/** Labels every axis of a graph whose types are known. */
export const traceChannels = (graph: Graph): ChannelLabels => labelGraph(graph, labelGraph(graph));

/** `scouted`: the labels of a first round, in which the parts of a split axis have labels of their own. */
function labelGraph(graph: Graph, scouted?: ChannelLabels): ChannelLabels {
  const labels = new ChannelLabels();
  const keep = (value: Value, kind: string): void => {
    if (!labels.axes.has(value)) labels.axes.set(value, labels.label(value));
    for (const axis of labels.ofValue(value))
      labels.sets.fix(axis, `${kind} '${value.name}' must keep its shape`);
  };
  for (const input of graph.inputs) keep(input, 'graph input');
  for (const node of graph.nodes) {
    traceNode(new NodeTrace(node, labels, scouted));
    labels.noteComputed(node);
  }
  for (const output of graph.outputs) keep(output, 'graph output');
  return labels;
}

function traceNode(trace: NodeTrace): void {
  const { node } = trace;
  const rule = opOf(node)?.channels;
  const untyped = [...node.inputs, ...node.outputs].find((value) => value?.name && !value.shape);
  if (!rule) trace.refuse('is of an operator whose channels Edgebook does not know');
  else if (untyped)
    trace.refuse(`has no known shape for '${untyped.name}': give the model's inputs sizes and simplify it`);
  else rule.trace(trace);
}
