export * from './masks/index.ts';
export * from './schedule/index.ts';
export * from './sensitivity/index.ts';
export { type StoredSize, storedSize } from './stored-size.ts';
