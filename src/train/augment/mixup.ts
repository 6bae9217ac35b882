import { UsageError } from '../../errors.ts';
import { permutation, type Random } from '../../random.ts';

/**
 * Mixes each sample of a batch, IN PLACE, with another one of it, and its target alike: x = s x + (1 - s) x', with one
 * share s ~ Beta(alpha, alpha) a batch (Zhang et al. 2017, arXiv 1710.09412). `images` and `targets` are rows one after
 * the other. Throws UsageError for an alpha that is none.
 */
export function mixup(
  { images, targets, count }: { images: Float32Array; targets: Float32Array; count: number },
  { alpha, random }: { alpha: number; random: Random },
): void {
  checkMixup(alpha);
  const share = symmetricBeta(alpha, random);
  const order = permutation(count, random);
  for (const rows of [images, targets]) mixRows(rows, order, share);
}

/** Throws UsageError for a parameter of the Beta distribution that is none. */
export function checkMixup(alpha: number): void {
  if (Number.isFinite(alpha) && alpha > 0) return;
  throw new UsageError(`'mixup' must be the parameter of a Beta distribution, above 0, was ${alpha}`);
}

function mixRows(rows: Float32Array, order: Uint32Array, share: number): void {
  const size = rows.length / order.length;
  const before = rows.slice();
  order.forEach((other, i) => {
    for (let j = 0; j < size; j++) {
      rows[i * size + j] = share * before[i * size + j]! + (1 - share) * before[other * size + j]!;
    }
  });
}

function symmetricBeta(alpha: number, random: Random): number {
  const [a, b] = [gamma(alpha, random), gamma(alpha, random)];
  // For a tiny alpha both can round to 0: then the distribution is that of a coin.
  return a + b > 0 ? a / (a + b) : random.integer(2);
}

/** A sample of Gamma(shape, 1) (Marsaglia and Tsang 2000, doi 10.1145/358407.358414). */
function gamma(shape: number, random: Random): number {
  if (shape < 1) return gamma(shape + 1, random) * (1 - random.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
