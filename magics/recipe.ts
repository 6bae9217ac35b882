import { optionsText } from '../src/recipe/index.ts';
import { Report } from '../src/report.ts';
import type { Magic } from './magic.ts';
import { variantOf } from './resolve.ts';
import { saveRecipe } from './save-recipe.ts';

export const recipe: Magic<Report> = {
  name: 'recipe',
  summary: 'Write how a model was made, for `edgebook apply` to make it again',
  positionals: [
    { name: 'model', summary: 'a model that steps made', required: true, completes: 'model' },
    {
      name: 'file',
      summary: "where to, from the notebook's folder; default: the model's name with .recipe.json",
      completes: 'file',
    },
  ],
  flags: [],
  examples: ['%recipe cnn_int8', '%recipe cnn_int8 recipe.json'],
  result: 'Report',
  async run({ positionals: [name = '', file] }, context) {
    const variant = await variantOf(name, context);
    const { recipe: made, file: target } = await saveRecipe(variant, context, file);
    const unchecked = made.steps.filter(({ data }) => data && data.sha256 === undefined);
    return new Report({
      title: `${made.source.name} → ${variant.name} in ${made.steps.length} ${made.steps.length === 1 ? 'step' : 'steps'}: ${target}`,
      columns: [
        { key: 'step', header: 'step' },
        { key: 'options', header: 'options', wrap: 60 },
        { key: 'data', header: 'data' },
        { key: 'id', header: 'result' },
      ],
      rows: made.steps.map(({ step, options, data, result }) => ({
        ...{ step, options: optionsText(options), data: data?.name, id: result.slice(0, 12) },
      })),
      warnings: unchecked.map(
        ({ step }) =>
          `The data of '${step}' have no fingerprint: apply cannot tell whether they are the same`,
      ),
    });
  },
};
