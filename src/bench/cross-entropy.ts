/**
 * Mean of -ln p(label) over rows of class scores [count, classes]. Rows that are all distributions (none negative,
 * each with sum 1 within 0.05, which allows for int8) are taken as probabilities, else as logits.
 */
export function meanCrossEntropy(scores: Float32Array, labels: ArrayLike<number>, classes: number): number {
  const rows = Array.from(labels, (_, i) => scores.subarray(i * classes, (i + 1) * classes));
  const loss = rows.every(isDistribution) ? lossOfProbabilities : lossOfLogits;
  return rows.reduce((sum, row, i) => sum + loss(row, labels[i]!), 0) / rows.length;
}

function isDistribution(row: Float32Array): boolean {
  const sum = row.reduce((a, b) => a + b, 0);
  return Math.abs(sum - 1) < 0.05 && row.every((p) => p >= 0);
}

/** A probability of 0, as int8 has it, counts as float32's smallest step at 1. */
const lossOfProbabilities = (row: Float32Array, label: number): number =>
  -Math.log(Math.max(row[label]!, 2 ** -23));

function lossOfLogits(row: Float32Array, label: number): number {
  const max = Math.max(...row);
  const sum = row.reduce((total, logit) => total + Math.exp(logit - max), 0);
  return Math.log(sum) + max - row[label]!;
}
