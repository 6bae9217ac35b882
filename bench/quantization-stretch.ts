/** Makes a network that computes the same and is hard to quantize, as networks come out of training now and then. */
import type { Model } from '../src/ir/index.ts';
import { annotateTypes } from '../src/ops/index.ts';
import { prepare } from '../src/quantize/index.ts';
import { type Chain, findChains } from '../src/quantize/repair/chain.ts';
import { biasOf, scaleWeight, setBias } from '../src/quantize/repair/layer.ts';
import { random } from '../src/random.ts';

/**
 * A copy in which each channel between two layers has another range: multiplied by a power of two where it is made, and
 * divided by it where it is read. The exponents are normal with a deviation of `octaves`, whole, so that float32
 * results stay the same to the last bit. Channels that a Clip or another constant ties down keep their range.
 */
export function stretched(model: Model, octaves: number): Model {
  const float = prepare(model);
  const { graph } = float;
  annotateTypes(graph);
  const source = random(3);
  for (const chain of findChains(graph).chains) {
    if (chain.clips.length > 0 || chain.constants.length > 0) continue;
    const factors = Float64Array.from(
      { length: chain.from.outputs },
      () => 2 ** Math.round(octaves * source.normal()),
    );
    stretch(chain, factors);
    const bias = biasOf(chain.from.node, chain.from.outputs);
    if (bias)
      setBias(
        graph,
        chain.from,
        bias.map((b, i) => b * factors[i]!),
      );
  }
  return float;
}

function stretch({ from, to, inner }: Chain, factors: Float64Array): void {
  const one = () => 1;
  scaleWeight(from, { output: (o) => factors[o]!, input: one });
  scaleWeight(to, { output: one, input: (k) => 1 / factors[Math.floor(k / inner)]! });
}
