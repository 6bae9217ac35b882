import type { Attribute } from './attribute.ts';
import { cloneGraph } from './clone.ts';
import { Graph } from './graph.ts';

/** A local function: a graph whose inputs have no types, called like an operator. */
export interface LocalFunction {
  readonly name: string;
  readonly domain: string;
  readonly overload: string;
  readonly graph: Graph;
  /** Default by attribute name; undefined where a call must give the attribute. */
  readonly attributes: Map<string, Attribute | undefined>;
  readonly opsets: Map<string, number>;
  /** What a codec read and does not understand; the codec writes it back. */
  readonly foreign?: unknown;
}

/** A graph with what ONNX says about it: operator set versions, functions, producer, metadata. */
export class Model {
  graph: Graph;
  irVersion = 10;
  /** Operator set version by domain; '' is the default ONNX domain. */
  readonly opsets = new Map<string, number>();
  readonly functions: LocalFunction[] = [];
  producerName = 'edgebook';
  producerVersion = '';
  domain = '';
  modelVersion: number | bigint = 0;
  docString = '';
  readonly metadata = new Map<string, string>();
  /** What a codec read and does not understand; the codec writes it back. */
  foreign: unknown;

  constructor(graph: Graph = new Graph(), opset = 21) {
    this.graph = graph;
    this.opsets.set('', opset);
  }

  /** Version of the default operator set. */
  get opset(): number {
    return this.opsets.get('') ?? this.opsets.get('ai.onnx') ?? 1;
  }

  /** A deep copy of the structure; tensors are shared, since they are read-only. */
  clone(): Model {
    const copy = new Model(cloneGraph(this.graph));
    copy.opsets.clear();
    for (const [domain, version] of this.opsets) copy.opsets.set(domain, version);
    for (const [key, value] of this.metadata) copy.metadata.set(key, value);
    copy.functions.push(...this.functions);
    const { irVersion, producerName, producerVersion, domain, modelVersion, docString, foreign } = this;
    return Object.assign(copy, {
      irVersion,
      producerName,
      producerVersion,
      domain,
      modelVersion,
      docString,
      foreign,
    });
  }
}
