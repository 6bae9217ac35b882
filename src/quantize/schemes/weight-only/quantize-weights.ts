import { setImmediate as turn } from 'node:timers/promises';
import { ModelError } from '../../../errors.ts';
import { type Model, type Node, sortNodes } from '../../../ir/index.ts';
import { writeModel } from '../../../onnx/index.ts';
import { createBuilder } from '../../../ops/index.ts';
import { Rewriting, removeUnused, upgradeOpset } from '../../../passes/index.ts';
import type { Feeds } from '../../../runtime/index.ts';
import { FeedSample } from '../../feed-sample.ts';
import type { FloatNode } from '../../quantize-report.ts';
import { NoiseMeter } from '../../sqnr.ts';
import { feedSampleOf } from '../feed-sample-of.ts';
import { floatModel } from '../float-model.ts';
import { dequantizeGrouped } from '../grouped/grouped-weight.ts';
import { roundToNearest } from '../grouped/round-to-nearest.ts';
import { withMicrosoft } from '../microsoft-domain.ts';
import { outputSqnr } from '../output-sqnr.ts';
import { type Rewritten, SchemeReport } from '../scheme-report.ts';
import { gptq, layerSqnr } from './gptq.ts';
import type { SquareMatrix } from './inverse-factor.ts';
import { planOf, type WeightOnlyOptions, type WeightOnlyPlan } from './options.ts';
import { momentObstacle, mostInputs, secondMoments } from './second-moments.ts';
import { type WeightSite, weightSites } from './weight-site.ts';
import { bytesOf, formatOf, matrixOf, writeSite } from './write-site.ts';

/** A weight that was rewritten; `layerSqnr` is that of the layer's output in dB, where GPTQ knows what goes in. */
export interface RewrittenWeight extends Rewritten {
  readonly layerSqnr: number | null;
}

/**
 * Weights in 2 to 8 bits, activations float32: a smaller file, and matrix products in few bits (MatMulNBits). Inputs and
 * outputs stay as they are, `model` is not changed. The model is brought to operator set 21 where int4 or groups need it.
 * Throws UsageError for options that contradict, ModelError if the model is quantized or has no weight for it.
 */
export async function quantizeWeights(
  model: Model,
  options: WeightOnlyOptions = {},
): Promise<{ model: Model; report: SchemeReport }> {
  const plan = planOf(options);
  const float = upgraded(floatModel(model), plan);
  const rewriting = new Rewriting(float);
  rewriting.annotate();
  const { sites, left } = chosenSites(rewriting, options);
  const { moments, feeds } = await momentsOf(rewriting, sites, options);
  const warnings = warningsOf(sites, moments, plan);
  const builder = createBuilder({ graph: rewriting.graph, prefix: rewriting.uniquePrefix('few_bits') });
  const rewritten: RewrittenWeight[] = [];
  for (const site of sites) {
    rewritten.push(await rewriteSite(site, { rewriting, builder, plan, options, moments }));
    options.onProgress?.({ done: rewritten.length, total: sites.length, message: 'weights' });
    await turn();
    options.signal?.throwIfAborted();
  }
  sortNodes(rewriting.graph);
  const quantized = withMicrosoft(removeUnused(rewriting.finish()));
  const report = new SchemeReport({
    title: `${rewritten.length} weights in ${plan.format.bits} bits by ${plan.method === 'gptq' ? 'GPTQ' : 'rounding to nearest'}`,
    rewritten,
    left,
    outputs: await outputSqnr({ float, rewritten: quantized, feeds }),
    sizeBefore: writeModel(model).length,
    sizeAfter: writeModel(quantized).length,
    warnings,
  });
  return { model: quantized, report };
}

/** int4 and blocks are of operator set 21, a scale for each channel of 13. */
function upgraded(model: Model, { format, form }: WeightOnlyPlan): Model {
  const isBlocked = format.group !== undefined && form === 'qdq';
  const needed = format.bits < 8 || isBlocked ? 21 : 13;
  return model.opset < needed ? upgradeOpset(model, needed).model : model;
}

function chosenSites({ graph }: Rewriting, { exclude = [] }: WeightOnlyOptions) {
  const { sites, left } = weightSites(graph);
  const isExcluded = ({ node }: WeightSite) =>
    exclude.includes(node.name) || exclude.includes(node.output().name);
  const chosen = sites.filter((site) => !isExcluded(site));
  if (chosen.length === 0)
    throw new ModelError(
      `The model must have float32 weights of at least 256 numbers in Conv, Gemm, MatMul, LSTM, GRU, RNN or Gather, has none${left.length ? ` that can be quantized: ${left[0]!.op} '${left[0]!.node}': ${left[0]!.reason}` : ''}`,
    );
  const asked = sites.filter(isExcluded).map(
    ({ node }): FloatNode => ({
      node: node.name || node.output().name,
      op: node.opType,
      reason: 'excluded by name',
    }),
  );
  return { sites: chosen, left: [...left, ...asked] };
}

interface Moments {
  readonly moments: ReadonlyMap<string, SquareMatrix>;
  readonly feeds: readonly Feeds[];
}

async function momentsOf(
  rewriting: Rewriting,
  sites: readonly WeightSite[],
  options: WeightOnlyOptions,
): Promise<Moments> {
  const { calibration, method } = options;
  if (method !== 'gptq' || !calibration)
    return { moments: new Map(), feeds: await feedSampleOf(calibration) };
  const sample = new FeedSample();
  const names = sites.filter((site) => !gptqObstacle(site)).map(({ node }) => node.output().name);
  const onFeeds = (feeds: Feeds) => sample.add(feeds);
  const moments = await secondMoments(rewriting.model, names, { ...options, calibration, onFeeds });
  return { moments, feeds: sample.feeds };
}

function gptqObstacle(site: WeightSite): string | undefined {
  if (site.kind === 'table' || site.index !== 1) return 'GPTQ treats matrix products and convolutions only';
  const { inputs } = matrixOf(site);
  return inputs > mostInputs
    ? `it has ${inputs} inputs, GPTQ takes ${mostInputs}`
    : momentObstacle(site.node);
}

interface SiteWork {
  readonly rewriting: Rewriting;
  readonly builder: ReturnType<typeof createBuilder>;
  readonly plan: WeightOnlyPlan;
  readonly options: WeightOnlyOptions;
  readonly moments: ReadonlyMap<string, SquareMatrix>;
}

async function rewriteSite(site: WeightSite, work: SiteWork): Promise<RewrittenWeight> {
  const { plan, options, moments } = work;
  const matrix = matrixOf(site);
  const format = formatOf(site, plan);
  const { name } = site.node.input(site.index);
  const op = site.node.opType;
  const hessian = moments.get(site.node.output().name);
  const { damping, actOrder, signal } = options;
  const choice = {
    format,
    signal,
    ...(damping !== undefined && { damping }),
    ...(actOrder !== undefined && { actOrder }),
  };
  const weight = hessian ? await gptq(matrix, hessian, choice) : roundToNearest(matrix, format);
  const real = dequantizeGrouped(weight);
  const meter = new NoiseMeter();
  meter.add(matrix.values, real);
  const scales = weight.groups > 1 ? `groups of ${weight.group}` : 'per channel';
  return {
    name,
    op,
    form: `${writeSite(site, weight, work)}, ${format.bits} bits, ${scales}`,
    sqnr: meter.sqnr,
    layerSqnr: hessian ? layerSqnr(matrix, real, hessian) : null,
    bytesBefore: site.tensor.bytes.length,
    bytesAfter: bytesOf(weight),
  };
}

function warningsOf(
  sites: readonly WeightSite[],
  moments: ReadonlyMap<string, SquareMatrix>,
  { method, format, form }: WeightOnlyPlan,
): string[] {
  const nearest = method === 'gptq' ? sites.filter(({ node }) => !moments.has(node.output().name)) : [];
  const unfused =
    form === 'qdq' ? sites.filter(({ kind, node }) => kind === 'matrix' && isClipped(node)) : [];
  const twoInFour = form === 'qdq' || sites.some(({ kind }) => kind !== 'matrix');
  const inFour = format.bits === 3 || (format.bits === 2 && twoInFour);
  return [
    ...nearest.map((site) => `${site.node.label} is rounded to nearest: ${gptqObstacle(site)}`),
    ...unfused.map(
      ({ node }) =>
        `${node.label} is followed by ${node.output().uses[0]!.node.opType} alone, so that onnxruntime multiplies in float32: write it as matmul-nbits`,
    ),
    ...(inFour
      ? [`Integers of ${format.bits} bits are kept in 4: there is no smaller type in operator set 21`]
      : []),
  ];
}

/** onnxruntime 1.27 fuses no DequantizeLinear into a product behind which a Relu or Clip could go with a QuantizeLinear. */
function isClipped(node: Node): boolean {
  const [use, ...more] = node.output().uses;
  return more.length === 0 && (use?.node.opType === 'Relu' || use?.node.opType === 'Clip');
}
