/**
 * Speed of training, ours beside PyTorch's on two threads: the network `cnn`, SGD with momentum, batches of 64 digits.
 * Rounds alternate and the fastest one of each counts, so that other load on the machine weighs little. Our time
 * includes the making of the batches, PyTorch's has them in memory.
 */
import { batchSize, trainBoth } from '../test/torch/train-both.ts';
import { torch } from '../test/torch/train-in-torch.ts';

const rounds = 3;
const steps = 100;

if (torch.missing) {
  console.log(`Skipped: ${torch.missing}`);
} else {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const run = await trainBoth({ network: 'lenet', optimizer: 'sgd', rate: 0.02 }, steps);
    ours.push((steps * batchSize) / run.seconds);
    theirs.push((steps * batchSize) / run.torch.float32.seconds);
  }
  const [edgebook, pytorch] = [Math.max(...ours), Math.max(...theirs)];
  console.log(`edgebook  ${edgebook.toFixed(0)} images/s`);
  console.log(`PyTorch   ${pytorch.toFixed(0)} images/s`);
  console.log(`ratio     ${(edgebook / pytorch).toFixed(2)} of PyTorch's speed`);
}
