export * from './convolution.ts';
export { type Flow, input, type Layer, model, named, sequential } from './flow.ts';
export * from './layers.ts';
export * from './transformer.ts';
