import { answerOnce } from './answer.ts';
import { checkModel } from './check-model.ts';

// A program of its own on the device: a model that brings down its process takes nothing along.
await answerOnce(checkModel);
