import { ModelError, UsageError } from '../errors.ts';
import type { Budget } from './budget.ts';
import { costsOf, isTimed } from './costs.ts';
import { type Figures, meets, type Standing, standingsOf } from './figures.ts';
import { type Form, float, int8, untrained } from './plan.ts';
import type { Search } from './search.ts';
import { cautiousStandings, fitsCosts, missedCosts, percentOf } from './trial.ts';

/** How many channels go. */
interface Width {
  /** Of the multiply-accumulates that may stay. */
  readonly share: number;
  /** What is left of the channels of a layer is a multiple of it. */
  readonly roundTo: number;
}

/** A network that was looked at before anything was learned, to find how wide one may be. */
export interface Probe extends Width {
  readonly form: Form;
  /** Without those of devices where the size or the work told enough. */
  readonly standings: readonly Standing[];
  readonly figures: Figures | undefined;
  /** Why it could not be made. */
  readonly obstacle?: string;
}

/** A network that is to be trained. */
export interface Target extends Width {
  readonly form: Form;
  /** Of the multiply-accumulates that do stay. */
  readonly kept: number;
  readonly why: string;
}

/** Kernels work on blocks of channels, and compute a rest of one in full, or by slower code. */
const blocks = [16, 8, 1];
/** How much faster than its share of the work says a narrower network may be. */
const slack = 1.1;

/** The widest networks that fit, the one that keeps most first; the smallest that can be made if none does. */
export async function targetsOf(state: Search): Promise<Target[]> {
  const { probes, trials } = state;
  const targets: Target[] = [];
  for (const form of [int8, float]) {
    if (trials.some(({ spec, standings }) => spec.form === form && fitsCosts(standings))) continue;
    const best = await widestOf(state, form);
    if (best) targets.push(target(best, state, `the widest that fits as ${form.name}, measured untrained`));
  }
  if (targets.length > 0) return targets.sort((a, b) => b.kept - a.kept);
  const [smallest] = probes
    .filter(({ form, obstacle }) => form === int8 && obstacle === undefined)
    .toSorted((a, b) => keptBy(a, state) - keptBy(b, state));
  if (!smallest || trials.some(({ standings }) => fitsCosts(standings))) return [];
  return [target(smallest, state, 'none fits: this is the smallest that can be made')];
}

const target = (probe: Probe, state: Search, why: string): Target => ({
  ...{ share: probe.share, roundTo: probe.roundTo, form: probe.form },
  ...{ kept: keptBy(probe, state), why },
});

const keptBy = ({ figures }: Probe, { original }: Search): number => figures!.macs / original.figures.macs;

/** Of the widest in each size of blocks the one that keeps most. */
async function widestOf(state: Search, form: Form): Promise<Probe | undefined> {
  let best: Probe | undefined;
  for (const roundTo of isTimed(state.lab.setup.budget) ? blocks : [1]) {
    const least = best ? keptBy(best, state) : 0;
    const found = await widest(state, form, { roundTo, least });
    if (found && keptBy(found, state) > least) best = found;
  }
  return best;
}

/**
 * A wide network that fits, of a share of more than `least`; none if none is found. Size and work fall with the share, so
 * the first that is small enough is found by halving. Times may rise as channels go, so from there on networks are measured
 * one after the other, each as much narrower as its time is too long, down to the narrowest that can be made.
 */
async function widest(
  state: Search,
  form: Form,
  { roundTo, least }: { readonly roundTo: number; readonly least: number },
): Promise<Probe | undefined> {
  const { shares } = state.effort;
  const probeAt = (at: number) => probed(state, { share: shares[at]!, roundTo }, form);
  let at = await firstSmallEnough(state, form, roundTo);
  // Those between are neither measured yet nor known to be out of reach.
  let [before, end] = [at - 1, shares.length];
  while (before + 1 < end && shares[at]! > least) {
    const probe = await probeAt(at);
    if (probe.obstacle !== undefined) {
      end = at;
      at = (before + end) >> 1;
    } else if (fitsTimes(probe)) {
      const wider = at - before > 1 ? await probeAt(at - 1) : undefined;
      return wider && fitsTimes(wider) ? wider : probe;
    } else {
      before = at;
      at = Math.min(end - 1, Math.max(at + 2, placeAfter(probe, shares)));
    }
  }
  return undefined;
}

const fitsTimes = ({ obstacle, standings }: Probe): boolean => obstacle === undefined && fitsCosts(standings);

/** Where a network might be fast enough if time fell as the work does. */
function placeAfter({ share, standings }: Probe, shares: readonly number[]): number {
  const excess = Math.max(...missedCosts(standings).map(({ ratio }) => ratio));
  const place = shares.findIndex((other) => other <= (share * slack) / excess);
  return place < 0 ? shares.length : place;
}

/** Limits of what needs no device and no samples to be known. */
const limitsOfSize = ({ lab }: Search): Budget =>
  lab.setup.budget.filter(({ quantity }) => quantity.isRelative && !quantity.isOfDevice);

/** Place of the largest share whose size and work keep their limits; the number of shares if none does. */
async function firstSmallEnough(state: Search, form: Form, roundTo: number): Promise<number> {
  const { shares } = state.effort;
  let [low, high] = [0, limitsOfSize(state).length === 0 ? 0 : shares.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (await isSmallEnough(state, { share: shares[middle]!, roundTo }, form)) high = middle;
    else low = middle + 1;
  }
  return high;
}

/** Whether a network keeps the limits that need no device. Where so few channels cannot be reached, wider ones can. */
async function isSmallEnough(state: Search, width: Width, form: Form): Promise<boolean> {
  const { lab, original } = state;
  const probe = await made(state, width, form, async (content) => {
    const figures = { ...lab.sizes(content), devices: {}, accuracy: undefined, drop: undefined };
    return { figures, standings: standingsOf(limitsOfSize(state), figures, original.figures) };
  });
  const isSmall = probe.obstacle !== undefined || meets(probe.standings);
  if (!isSmall) state.probes.push(probe);
  return isSmall;
}

/** A network, measured. */
async function probed(state: Search, width: Width, form: Form): Promise<Probe> {
  const { lab, original } = state;
  const probe = await made(state, width, form, async (content) => {
    const { costs } = await costsOf(lab, content, original.figures);
    const figures = { ...costs, accuracy: undefined, drop: undefined };
    return { figures, standings: cautiousStandings(lab.setup.budget, { figures }, original.figures) };
  });
  state.probes.push(probe);
  return probe;
}

/** Makes a network that has learned nothing, and judges it. */
async function made(
  { lab, settings }: Search,
  width: Width,
  form: Form,
  judge: (content: Uint8Array) => Promise<Pick<Probe, 'figures' | 'standings'>>,
): Promise<Probe> {
  const { share, roundTo } = width;
  lab.tell(`${percentOf(share)} % of the MACs, untrained, ${form.name}`);
  try {
    const links = await lab.run([...untrained.plan(share, { ...settings, roundTo }), ...form.plan(settings)]);
    return { ...width, form, ...(await judge(links.at(-1)!.outcome.content)) };
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ModelError)) throw error;
    return { ...width, form, figures: undefined, standings: [], obstacle: error.message };
  }
}
