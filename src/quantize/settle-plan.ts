import type { Model } from '../ir/index.ts';
import { annotateTypes } from '../ops/index.ts';
import type { Report } from '../report.ts';
import type { Feeds } from '../runtime/index.ts';
import type { CalibrateOptions, Calibration } from './calibrate.ts';
import { encode } from './encode.ts';
import { FeedSample } from './feed-sample.ts';
import { observeRanges } from './observe-ranges.ts';
import type { PlanOptions, QuantizationPlan } from './plan.ts';
import { planOf } from './prepare.ts';
import { type QuantizeOptions, schemeFor } from './quantize-options.ts';
import {
  type RangeSearchOptions,
  type SearchedRanges,
  searchFurther,
  searchRanges,
} from './range-search/index.ts';
import type { Encodable } from './reduce-observed.ts';
import { leaveNoisy, sensitivity } from './search/index.ts';

/** Of calibration data that wait for the report: samples that are too large to keep 64 of them. */
const reportBytes = 8 * 2 ** 20;

type Work = QuantizeOptions & CalibrateOptions & { readonly calibration: Calibration };

/**
 * What is to be encoded, and by which ranges: seen on calibration data, searched where the options say so, without what
 * would be too noisy. Adds what it did to `reports`.
 */
export async function settlePlan(
  float: Model,
  planOptions: PlanOptions,
  { work, reports }: { readonly work: Work; readonly reports: Report[] },
): Promise<Encodable> {
  const plan = planOf(float, planOptions);
  const scheme = schemeFor(work);
  const sample = new FeedSample(work.limit || work.minSqnr !== undefined ? undefined : reportBytes);
  const onFeeds = (feeds: Feeds) => sample.add(feeds);
  const seen = await observeRanges(float, plan, { ...work, onFeeds });
  const searched = await searchedRanges(float, plan, { ...work, ranges: seen, scheme, planOptions });
  const ranges = searched?.chosen ?? seen;
  const settled = { float, plan, planOptions, scheme, ranges, searched, feeds: sample.feeds };
  return work.minSqnr === undefined
    ? settled
    : withoutNoisy(settled, { ...work, minSqnr: work.minSqnr }, reports);
}

async function searchedRanges(
  float: Model,
  plan: QuantizationPlan,
  { searchRanges: wanted, ...options }: Work & RangeSearchOptions,
): Promise<SearchedRanges | undefined> {
  if (!wanted) return undefined;
  return wanted === true
    ? searchRanges(float, plan, options)
    : searchFurther(float, plan, { ...options, ...wanted });
}

/** The same with as much left float as it takes to reach an SQNR at the outputs. */
async function withoutNoisy(
  settled: Encodable,
  { minSqnr, maxFloat = 1, signal, onProgress }: QuantizeOptions & { readonly minSqnr: number },
  reports: Report[],
): Promise<Encodable> {
  const { float, plan, planOptions, scheme, ranges, feeds } = settled;
  const scores = await sensitivity(float, encode(plan, ranges, scheme), {
    ...{ feeds, method: 'mse', plan: planOptions },
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  const { graph } = float.clone();
  annotateTypes(graph);
  const { exclude, report } = leaveNoisy(graph, scores, { minSqnr, maxFloat });
  if (exclude.size === 0) return settled;
  reports.push(report);
  const narrower = { ...planOptions, exclude: new Set([...(planOptions.exclude ?? []), ...exclude]) };
  return {
    ...settled,
    plan: planOf(float, narrower),
    planOptions: narrower,
    ranges: byValue(plan, ranges),
  };
}

/** The range of each value by its own name: with fewer nodes in int8 another one may stand for a shared scale. */
const byValue = ({ activations }: QuantizationPlan, ranges: Encodable['ranges']): Encodable['ranges'] =>
  new Map([
    ...[...activations].map(
      ([{ name }, root]) => [name, ranges.get(name) ?? ranges.get(root.name)!] as const,
    ),
    ...ranges,
  ]);
