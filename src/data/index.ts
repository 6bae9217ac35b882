export { type SoundOptions, soundFormat } from './audio/sound-folder.ts';
export { type SpectrumOptions, spectrumInto } from './audio/spectrum.ts';
export { decodeWav, type Sound } from './audio/wav.ts';
export type { Batch, BatchOptions } from './batch.ts';
export { Dataset, type DatasetInit } from './dataset.ts';
export { fingerprint } from './fingerprint.ts';
export { type DatasetFormat, datasetFormats, type FormatOptions } from './formats.ts';
export type { HoldOutOptions } from './hold-out.ts';
export { readIdx } from './idx.ts';
export { type Resampling, resamplings } from './image/filters.ts';
export type { ImageOptions } from './image/image-folder.ts';
export { type ImageFormat, imageSize, readImage } from './image/read-image.ts';
export { mnist } from './mnist.ts';
export type { Normalization } from './normalization.ts';
export { readNpy } from './numpy/npy.ts';
export { readNpz } from './numpy/npz.ts';
export {
  type DatasetSource,
  datasets,
  type OpenOptions,
  openDataset,
  type PreparationOptions,
} from './open-dataset.ts';
export { type Bitmap, encodePng } from './png.ts';
export { reopenDataset } from './reopen.ts';
export type { SampleSource, Samples } from './sample-source.ts';
export { type Labels, type Split, selectSamples } from './split.ts';
