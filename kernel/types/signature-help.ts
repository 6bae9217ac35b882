import ts from 'typescript';
import type { CellPlace } from './complete-cell.ts';
import type { Signature } from './types-protocol.ts';

/** The function in whose call the cursor is, and which of its parameters. */
export function signatureHelp({ project, cell, position }: CellPlace): Signature | undefined {
  const viewPosition = cell.toView(position);
  if (viewPosition === undefined) return undefined;
  const help = project.service.getSignatureHelpItems(cell.file, viewPosition, {});
  const item = help?.items[help.selectedItemIndex];
  if (!help || !item) return undefined;
  return {
    before: ts.displayPartsToString(item.prefixDisplayParts),
    parameters: item.parameters.map(({ displayParts }) => ts.displayPartsToString(displayParts)),
    separator: ts.displayPartsToString(item.separatorDisplayParts),
    after: ts.displayPartsToString(item.suffixDisplayParts),
    active: item.isVariadic ? Math.min(help.argumentIndex, item.parameters.length - 1) : help.argumentIndex,
    documentation: ts.displayPartsToString(item.documentation),
    tags: item.tags.map(({ name, text }) => ({ name, text: ts.displayPartsToString(text) })),
  };
}
