import type { Figures } from './figures.ts';
import type { Lab, MeasuredCosts } from './lab.ts';
import { cautiousStandings, isOfAccuracy } from './trial.ts';

/** Times are measured so often at most: other work of the machine only ever adds, so the fastest holds. */
const most = 3;
/** A limit that is exceeded by more than this factor is not kept by measuring again. */
const hopeless = 1.2;

/**
 * What a network takes. Its times are measured again while they miss a limit narrowly, or, without an original to
 * compare with, as often as is allowed.
 */
export async function costsOf(lab: Lab, content: Uint8Array, original?: Figures): Promise<MeasuredCosts> {
  const { budget } = lab.setup;
  const isSettled = ({ costs }: MeasuredCosts): boolean => {
    if (!original) return false;
    const figures = { ...costs, accuracy: undefined, drop: undefined };
    const missed = cautiousStandings(budget, { figures }, original).filter(
      (standing) => !standing.isMet && !isOfAccuracy(standing),
    );
    return missed.length === 0 || missed.some(({ ratio }) => ratio > hopeless);
  };
  let found = await lab.costs(content);
  if (!budget.some(({ quantity }) => quantity.name === 'latency')) return found;
  for (let times = 1; times < most && !isSettled(found); times++)
    found = faster(found, await lab.costs(content));
  return found;
}

/** Of two measurements on each device the faster one. */
function faster(a: MeasuredCosts, b: MeasuredCosts): MeasuredCosts {
  const names = Object.keys(a.costs.devices);
  const isA = (name: string): boolean => a.costs.devices[name]!.latency <= b.costs.devices[name]!.latency;
  return {
    costs: {
      ...a.costs,
      devices: Object.fromEntries(names.map((name) => [name, (isA(name) ? a : b).costs.devices[name]!])),
    },
    measurements: names.map((name, i) => (isA(name) ? a : b).measurements[i]!),
  };
}
