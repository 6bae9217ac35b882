import type { Model, Node, Tensor, Value } from '../../../ir/index.ts';
import { constantOf, opOf } from '../../../ops/index.ts';
import type { Range } from '../../observer.ts';
import { NoiseMeter } from '../../sqnr.ts';
import { blockList } from './block-list.ts';
import { largest, smallestNormal } from './narrow.ts';
import { widened } from './widened.ts';

/** Which nodes compute in 16 bits, and why others stay float32. */
export interface HalfPlan {
  readonly half: ReadonlySet<Node>;
  readonly islands: ReadonlyMap<Node, string>;
}

export interface IslandOptions {
  /** Of float32 values on calibration data, by name; those not known are taken for small enough. */
  readonly ranges: ReadonlyMap<string, Range>;
  /** Names of nodes that stay float32, or of their first outputs, with the reason. */
  readonly kept: ReadonlyMap<string, string>;
  /** SQNR in dB that a weight must have in 16 bits. */
  readonly minSqnr: number;
}

/** Decides from the block list, what was kept by name, ranges and weights. Types must be annotated. */
export function planHalf({ graph }: Model, options: IslandOptions): HalfPlan {
  const islands = new Map<Node, string>();
  const candidates = graph.nodes.filter(isFloatNode);
  for (const node of candidates) {
    const reason = structural(node) ?? options.kept.get(node.name) ?? options.kept.get(node.output().name);
    const measured = reason ?? wideValue(node, options.ranges) ?? lossyWeight(node, options.minSqnr);
    if (measured) islands.set(node, measured);
  }
  joinIslands(candidates, islands);
  return { half: new Set(candidates.filter((node) => !islands.has(node))), islands };
}

const isFloat32 = (value: Value | undefined): value is Value => value?.dtype === 'float32';

const isFloatNode = (node: Node): boolean => [...node.inputs, ...node.outputs].some(isFloat32);

function structural(node: Node): string | undefined {
  if (node.subgraphs().length > 0) return 'it has a subgraph';
  if (node.domain !== '' && node.domain !== 'ai.onnx') return `its domain ${node.domain} is not ONNX's`;
  if (!opOf(node)) return 'its operator is not known';
  return Object.hasOwn(blockList, node.opType) ? blockList[node.opType] : undefined;
}

/** A value beyond the largest float16 keeps both who makes it and who reads it in float32. */
function wideValue(node: Node, ranges: IslandOptions['ranges']): string | undefined {
  for (const value of [...node.inputs, ...node.outputs]) {
    const range = value && ranges.get(value.name);
    const magnitude = range ? Math.max(-range.min, range.max) : 0;
    if (magnitude > largest.float16)
      return `'${value!.name}' reaches ${magnitude.toPrecision(4)} on the calibration data, float16 ends at 65504`;
  }
  return undefined;
}

function lossyWeight(node: Node, minSqnr: number): string | undefined {
  for (const value of node.inputs) {
    const tensor = constantOf(value);
    if (tensor?.dtype !== 'float32' || tensor.size < 2) continue;
    const sqnr = sqnrInHalf(tensor);
    if (sqnr < minSqnr)
      return `its weight '${value!.name}' has an SQNR of ${sqnr.toFixed(1)} dB in float16: ${subnormalPart(tensor)} of its numbers are below ${smallestNormal.float16.toExponential(1)}`;
  }
  return undefined;
}

/** Of numbers that float16 can hold: what is larger is saturated and warned of. */
function sqnrInHalf(tensor: Tensor): number {
  const meter = new NoiseMeter();
  const data = (tensor.data as Float32Array).filter((x) => Math.abs(x) <= largest.float16);
  meter.add(data, widened(data, 'float16'));
  return meter.sqnr;
}

function subnormalPart(tensor: Tensor): string {
  const data = tensor.data as Float32Array;
  const count = data.reduce((sum, x) => sum + (x !== 0 && Math.abs(x) < smallestNormal.float16 ? 1 : 0), 0);
  return `${((100 * count) / data.length).toFixed(0)} %`;
}

/** What only moves numbers between float32 nodes stays float32: there and back it would cast twice for nothing. */
function joinIslands(nodes: readonly Node[], islands: Map<Node, string>): void {
  const isIsland = (node: Node | undefined) => node !== undefined && islands.has(node);
  for (const node of nodes) {
    if (islands.has(node) || opOf(node)?.quantize?.kind !== 'same-scale') continue;
    const readers = node.output().uses;
    if (
      isIsland(node.inputs[0]?.producer) &&
      readers.length > 0 &&
      readers.every((use) => isIsland(use.node))
    )
      islands.set(node, 'it only moves numbers from one float32 node to another');
  }
}
