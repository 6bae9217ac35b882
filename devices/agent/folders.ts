import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where all that Edgebook keeps on a device is, below the user's home folder there. */
export const deviceFolder = '.edgebook';

/** Where models are that were sent, below the home folder: not where a ledger keeps its own, whose notebook may be there. */
export const modelFolder = `${deviceFolder}/sent`;

/** Where a model is, below the home folder. */
export const modelFile = (hash: string): string => `${modelFolder}/${hash}.onnx`;

/** The same as a path on the machine that this runs on. */
export const ownModelFile = (hash: string): string => join(process.env.HOME || homedir(), modelFile(hash));
