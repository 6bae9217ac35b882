export * from './groups/index.ts';
export * from './surgery/index.ts';
