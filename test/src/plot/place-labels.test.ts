import { expect, test } from 'vitest';
import { type Label, type Placement, placeLabels } from '../../../src/plot/place-labels.ts';

const canvas = { width: 560, height: 340, gap: { x: 8, y: 7 } };
const label = (x: number, y: number): Label => ({ x, y, width: 60, height: 12 });

function overlaps(labels: readonly Label[], places: readonly Placement[]): number {
  let count = 0;
  for (let i = 0; i < places.length; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [places[i]!, places[j]!];
      const apart =
        Math.abs(a.left - b.left) >= labels[i]!.width || Math.abs(a.top - b.top) >= labels[i]!.height;
      if (!apart) count++;
    }
  }
  return count;
}

test('A lonely label sits right of its point', () => {
  expect(placeLabels([label(100, 100)], canvas)).toEqual([{ left: 108, top: 94, dx: 1, dy: 0 }]);
});

test('Labels at the edges stay inside', () => {
  const corners = [label(0, 0), label(560, 0), label(0, 340), label(560, 340), label(560, 170)];
  for (const { left, top } of placeLabels(corners, canvas)) {
    expect(left).toBeGreaterThanOrEqual(0);
    expect(left).toBeLessThanOrEqual(500);
    expect(top).toBeGreaterThanOrEqual(0);
    expect(top).toBeLessThanOrEqual(328);
  }
});

test('Eight labels of neighbouring points do not overlap', () => {
  const labels = Array.from({ length: 8 }, (_, i) => label(200 + i * 4, 150 + (i % 3) * 3));
  expect(overlaps(labels, placeLabels(labels, canvas))).toBe(0);
});

test('A label keeps off points that have none', () => {
  const [place] = placeLabels([label(100, 100)], { ...canvas, obstacles: [{ x: 130, y: 100 }] });
  expect(place).not.toMatchObject({ dx: 1, dy: 0 });
});
