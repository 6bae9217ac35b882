export { scoresClasses } from '../src/bench/index.ts';
