import type { Report } from './check-graph.ts';
import type { Graph } from './graph.ts';
import type { LocalFunction, Model } from './model.ts';
import type { Node } from './node.ts';
import { allNodes } from './traverse.ts';

/** Domains whose operators runtimes bring along: a node there need not be a local function. */
const operatorDomains = new Set(['', 'ai.onnx', 'ai.onnx.ml', 'ai.onnx.preview.training', 'com.microsoft']);

/** Every domain in use is imported, in the model and in each function; '' and 'ai.onnx' are the same. */
export function checkOpsets(model: Model, report: Report): void {
  checkImports('the model', { graph: model.graph, opsets: model.opsets }, report);
  for (const local of model.functions) checkImports(`function '${local.name}'`, local, report);
}

function checkImports(
  who: string,
  { graph, opsets }: { graph: Graph; opsets: ReadonlyMap<string, number> },
  report: Report,
): void {
  const imported = new Set([...opsets.keys()].map(canonical));
  const missing = new Map<string, Node>();
  for (const node of allNodes(graph)) {
    const domain = canonical(node.domain);
    if (!imported.has(domain) && !missing.has(domain)) missing.set(domain, node);
  }
  for (const [domain, node] of missing)
    report(`${who} must import an operator set of domain '${domain}' for ${node.label}, does not`);
}

const canonical = (domain: string): string => (domain === 'ai.onnx' ? '' : domain);

/** Functions have names of their own, calls find them and fit, and none calls itself. */
export function checkFunctions(model: Model, report: Report): void {
  const functions = new Map<string, LocalFunction>();
  for (const local of model.functions) {
    const key = keyOf(local.domain, local.name, local.overload);
    if (functions.has(key)) report(`function ${key} is there twice`);
    functions.set(key, local);
  }
  const domains = new Set(model.functions.map((local) => local.domain));
  const graphs = [model.graph, ...model.functions.map((local) => local.graph)];
  for (const graph of graphs)
    for (const node of allNodes(graph)) checkCall(node, { functions, domains }, report);
  checkRecursion(functions, report);
}

interface Functions {
  readonly functions: ReadonlyMap<string, LocalFunction>;
  readonly domains: ReadonlySet<string>;
}

function checkCall(node: Node, { functions, domains }: Functions, report: Report): void {
  const local = functions.get(callKey(node));
  const mustBeThere = node.overload || (domains.has(node.domain) && !operatorDomains.has(node.domain));
  if (!local && mustBeThere) report(`${node.label} calls function ${callKey(node)}, which the model has not`);
  if (!local) return;
  const { inputs, outputs } = local.graph;
  if (node.inputs.length > inputs.length)
    report(`${node.label} must have ${inputs.length} inputs at most, has ${node.inputs.length}`);
  if (node.outputs.length > outputs.length)
    report(`${node.label} must have ${outputs.length} outputs at most, has ${node.outputs.length}`);
  for (const [name, fallback] of local.attributes)
    if (!fallback && !node.attributes.has(name)) report(`${node.label} must have attribute '${name}'`);
}

/** Depth-first: a function that is met while its own calls are followed calls itself. */
function checkRecursion(functions: ReadonlyMap<string, LocalFunction>, report: Report): void {
  const state = new Map<string, 'open' | 'done'>();
  const visit = (key: string): void => {
    const local = functions.get(key);
    if (!local || state.get(key) === 'done') return;
    if (state.get(key) === 'open') {
      report(`function ${key} must not call itself, does`);
      return;
    }
    state.set(key, 'open');
    for (const node of allNodes(local.graph)) visit(callKey(node));
    state.set(key, 'done');
  };
  for (const key of functions.keys()) visit(key);
}

const callKey = (node: Node): string => keyOf(node.domain, node.opType, node.overload);

const keyOf = (domain: string, name: string, overload: string): string =>
  `'${[domain, name, overload].filter(Boolean).join('.')}'`;
