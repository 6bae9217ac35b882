import { Report } from '../report.ts';
import type { Condition } from './condition.ts';
import type { Int8Rule, Target } from './target.ts';

/** Targets side by side: types, scales, operator sets, how many operators have an int8 kernel. */
export const targetsReport = (targets: readonly Target[], here: Target): Report =>
  new Report({
    title: `${targets.length} targets; this machine is ${here.name}`,
    columns: [
      { key: 'name', header: 'target' },
      { key: 'title', header: 'what it is' },
      { key: 'activations', header: 'activations' },
      { key: 'weights', header: 'weights' },
      { key: 'bias', header: 'bias' },
      { key: 'io', header: 'inputs, outputs' },
      { key: 'opset', header: 'operator set' },
      { key: 'operators', header: 'int8 operators' },
    ],
    rows: targets.map((target) => ({
      name: target.name,
      title: target.title,
      activations: activationsOf(target),
      weights: weightsOf(target),
      bias: target.bias,
      io: target.io,
      opset: opsetOf(target.opset),
      operators: Object.keys(target.operators).length,
    })),
  });

/** One target's rules, operator by operator, and where they are written. */
export const targetReport = (target: Target): Report =>
  new Report({
    title: `${target.name}: ${target.title}`,
    columns: [
      { key: 'rule', header: 'rule' },
      { key: 'says', header: 'says', wrap: 100 },
    ],
    rows: [
      { rule: 'activations', says: activationsOf(target) },
      { rule: 'weights', says: weightsOf(target) },
      { rule: 'bias', says: target.bias },
      { rule: 'inputs and outputs', says: target.io },
      { rule: 'operator set', says: opsetOf(target.opset) },
      {
        rule: 'pairs',
        says: target.placement === 'around' ? 'around int8 nodes' : 'before the inputs of int8 nodes',
      },
      { rule: 'file', says: target.format === 'qdq' ? 'pairs' : 'operators on integers' },
      ...limitsOf(target),
      ...Object.entries(target.operators).map(([op, rule]) => ({ rule: op, says: sayRule(rule) })),
      ...Object.entries(target.float ?? {}).map(([op, why]) => ({ rule: op, says: `float: ${why}` })),
      ...target.sources.map((source) => ({ rule: 'source', says: source })),
    ],
  });

const activationsOf = ({ activations: { dtype, symmetric } }: Target): string =>
  symmetric ? `${dtype}, zero point 0` : dtype;

const weightsOf = ({ weights: { dtype, min, max, perChannel } }: Target): string =>
  `${dtype} in [${min}, ${max}], ${perChannel ? 'a scale per channel' : 'one scale'}`;

const opsetOf = ({ min, max }: { readonly min: number; readonly max?: number }): string =>
  max === undefined ? `${min} or newer` : `${min} to ${max}`;

const limitsOf = ({ limits = {}, residual }: Target) => [
  ...(limits.staticShapes ? [{ rule: 'sizes', says: 'all known' }] : []),
  ...(limits.batch ? [{ rule: 'batch', says: String(limits.batch) }] : []),
  ...(limits.largeDims
    ? [{ rule: 'dimensions above 1', says: `at most ${limits.largeDims} beside the batch` }]
    : []),
  ...(residual === 'external'
    ? [{ rule: 'residual sum', says: 'the edge from a convolution stays float, so that the sum joins it' }]
    : []),
];

function sayRule({ scales, output, when = [], opset, perChannel }: Int8Rule): string {
  const parts = [
    'int8',
    ...(scales ? [scales === 'own' ? 'each scale its own' : 'one scale for input and output'] : []),
    ...(output ? [`output scale ${output.scale}, zero point ${output.zeroPoint}`] : []),
    ...(perChannel === false ? ['one weight scale'] : []),
    ...(opset ? [`operator set ${opsetOf(opset)}`] : []),
    ...when.map(sayCondition),
  ];
  return parts.join('; ');
}

function sayCondition(condition: Condition): string {
  if ('attribute' in condition) return `${condition.attribute} ${condition.oneOf.join(' or ')}`;
  if ('bounds' in condition) return `bounds ${condition.bounds.map(([a, b]) => `[${a}, ${b}]`).join(' or ')}`;
  if ('outputs' in condition) return `${condition.outputs} output`;
  const what = `input ${condition.input}`;
  if ('is' in condition) return `${what} ${condition.is}`;
  if ('rank' in condition) return `${what} of ${condition.rank.join(' or ')} dimensions`;
  return `dimension ${condition.axis} of ${what} ${condition.atLeast} or more`;
}
