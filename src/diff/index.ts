export { diffModels, type NamedModel } from './diff-models.ts';
