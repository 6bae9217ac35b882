import type { Pass } from './pass.ts';

/** The first IR version in which an initializer that is also an input is a default that a caller may override. */
const overridable = 4;

export const inputDefaults: Pass = {
  name: 'input-defaults',
  summary: 'Take constants out of the inputs, where the old IR versions 1 to 3 had to list them',
  run(rewriting) {
    const { model, graph } = rewriting;
    if (model.irVersion >= overridable) return;
    const fed = graph.inputs.filter((input) => !input.tensor);
    rewriting.count('constant among the inputs', graph.inputs.length - fed.length);
    graph.inputs.splice(0, graph.inputs.length, ...fed);
    model.irVersion = overridable;
  },
};
