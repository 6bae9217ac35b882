import { Text } from 'ink';
import type { ReactNode } from 'react';
import type { Signature } from '../../types/types-protocol.ts';
import { fitted } from '../fitted.ts';
import type { Room } from './room.ts';

type SignatureProps = Room & { readonly signature: Signature };

/** The function that is being called, the parameter at the cursor in bold. */
export function SignatureLine(props: SignatureProps): ReactNode {
  return <Text wrap="truncate">{signatureText(props)}</Text>;
}

export function signatureText({ signature, columns, paint }: SignatureProps): string {
  const { before, parameters, separator, after, active } = signature;
  const whole = before + parameters.join(separator) + after;
  if (whole.length >= columns) return narrowText({ signature, columns, paint });
  const list = parameters.map((text, i) => paint(i === active ? 'strong' : 'quiet', text));
  return `${paint('quiet', before)}${list.join(paint('quiet', separator))}${paint('quiet', after)}`;
}

/** Where it does not fit: the parameter at the cursor, and how many there are. */
function narrowText({ signature, columns, paint }: Omit<SignatureProps, 'rows'>): string {
  const { before, parameters, active } = signature;
  const name = `${before}… `;
  const place = ` (${Math.min(active + 1, parameters.length)} of ${parameters.length})`;
  const room = Math.max(8, columns - name.length - place.length - 1);
  const parameter = fitted(parameters[active] ?? '', room).trimEnd();
  return `${paint('quiet', name)}${paint('strong', parameter)}${paint('quiet', place)}`;
}
