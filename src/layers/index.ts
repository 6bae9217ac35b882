export { architecture, architectures } from './architectures.ts';
export { type Flow, input, type Layer, model, sequential } from './flow.ts';
export * from './layers.ts';
