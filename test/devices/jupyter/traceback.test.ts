import { expect, test } from 'vitest';
import { failureOf } from '../../../devices/jupyter/traceback.ts';

const colour = (code: number, text: string): string => `\u001b[${code}m${text}\u001b[39m`;

test("cells have the numbers that they have here, and the error's text stands first", () => {
  const traceback = [
    colour(31, '-'.repeat(75)),
    `${colour(31, 'ValueError')}      Traceback (most recent call last)`,
    `Cell ${colour(32, 'In[3]')}, line 2\n----> 2 f(1)`,
    'Cell In [1], line 5, in f(x)',
    'In[4] is a text of the cell',
    `${colour(31, 'ValueError')}: bad`,
  ];
  const numbers = new Map([
    [3, 17],
    [1, 9],
  ]);
  const failure = failureOf({ ename: 'ValueError', evalue: 'bad', traceback }, numbers);
  expect(failure.traceback).toEqual([
    'ValueError: bad',
    `${colour(31, 'ValueError')}      Traceback (most recent call last)`,
    `Cell ${colour(32, 'In[17]')}, line 2`,
    '----> 2 f(1)',
    'Cell In [9], line 5, in f(x)',
    'In[4] is a text of the cell',
    `${colour(31, 'ValueError')}: bad`,
  ]);
});

test('a traceback that begins with the error stays as it is', () => {
  const traceback = [`${colour(31, 'RangeError')}: no`, 'Cell In[1], line 1'];
  expect(failureOf({ ename: 'RangeError', evalue: 'no', traceback }, new Map()).traceback).toEqual(traceback);
});
