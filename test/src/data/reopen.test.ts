import { expect, test } from 'vitest';
import { fingerprint, mnist, reopenDataset } from '../../../src/data/index.ts';

test('a name tells which parts were taken of which data', async () => {
  const whole = await mnist();
  for (const data of [
    whole,
    whole.take(300),
    whole.take(300).withValidation(50, 3),
    whole.take(300).holdOut({ validation: 0.1 }, { seed: 2 }),
  ]) {
    const again = await reopenDataset(data.name);
    expect(again.name).toBe(data.name);
    expect(await fingerprint(again)).toBe(await fingerprint(data));
  }
});

test('a part without a rule is refused, with the remedy', async () => {
  await expect(reopenDataset('mnist[search half of test,seed=0]')).rejects.toThrow(
    /'\[search half of test,seed=0\]' of mnist cannot be taken by its name: open the data set/,
  );
  await expect(reopenDataset('mist[:20]')).rejects.toThrow(/Did you mean 'mnist'/);
});
