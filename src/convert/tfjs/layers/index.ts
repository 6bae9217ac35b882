import type { LayerMapping } from '../layer-call.ts';
import { activationLayers } from './activation.ts';
import { convolutionLayers } from './convolution.ts';
import { denseLayers } from './dense.ts';
import { mergeLayers } from './merge.ts';
import { poolingLayers } from './pooling.ts';
import { shapeLayers } from './shape.ts';

/** How each Keras layer is written, by its class name. InputLayer and nested models are the reader's own. */
export const layers: ReadonlyMap<string, LayerMapping> = new Map(
  [activationLayers, convolutionLayers, denseLayers, mergeLayers, poolingLayers, shapeLayers].flatMap(
    (table) => Object.entries(table),
  ),
);
