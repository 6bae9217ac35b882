import { createMessage, type Message } from './message.ts';

export interface Question {
  readonly prompt: string;
  readonly password: boolean;
}

interface Pending {
  /** Id of the `input_request`. */
  readonly id: string;
  /** The request whose cell asks. */
  readonly request: Message;
  resolve(value: string): void;
  reject(error: Error): void;
}

/** The questions that clients have been asked on the stdin channel and have not answered yet. */
export class InputRequests {
  readonly #send: (message: Message) => void;
  #pending: Pending[] = [];

  constructor(send: (message: Message) => void) {
    this.#send = send;
  }

  /** Asks the client that sent `request`, and no other. */
  ask(request: Message, { prompt, password }: Question): Promise<string> {
    const { identities, header } = request;
    const content = { prompt, password };
    const message = createMessage({ type: 'input_request', content, parent: header, identities });
    return new Promise((resolve, reject) => {
      this.#pending.push({ id: message.header.msg_id, request, resolve, reject });
      this.#send(message);
    });
  }

  /** Takes an `input_reply`. One that nothing waits for, as its cell was interrupted, is ignored. */
  receive(reply: Message): void {
    if (reply.header.msg_type !== 'input_reply') return;
    const index = this.#pending.findIndex((pending) => answers(reply, pending));
    const [pending] = index < 0 ? [] : this.#pending.splice(index, 1);
    const { value } = reply.content;
    if (typeof value === 'string') pending?.resolve(value);
    else pending?.reject(new Error('The front end sent no answer to the input request'));
  }

  /** Gives up what the cell of `request` still asks. */
  forget(request: Message): void {
    this.#pending = this.#pending.filter((pending) => pending.request !== request);
  }
}

/** Not every client names the request it answers; jupyter_client leaves the parent empty. */
function answers(reply: Message, { id, request }: Pending): boolean {
  const parent = reply.parent_header.msg_id;
  const [sender, asked] = [reply, request].map(({ identities }) => Buffer.concat(identities));
  return parent === undefined ? sender!.equals(asked!) : parent === id;
}
