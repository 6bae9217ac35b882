import { answerOnce } from './answer.ts';
import { callService } from './call-service.ts';

// A program on the device: devices without curl have this, and it knows the port.
await answerOnce(callService);
