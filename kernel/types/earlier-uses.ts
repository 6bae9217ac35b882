import ts from 'typescript';
import type { Edit } from '../engine/edits.ts';

/** In the compiler's view, before the name of what an earlier cell declared, where the cell declares the name anew. */
export const earlierPrefix = '__edgebook_was_';

/**
 * Insertions that rename the uses of earlier variables which the file declares anew further on, as in
 * `let n = n + 1`: when they run, the name still has its earlier value. Uses in functions run later, and stay.
 */
export function earlierUses(file: ts.SourceFile, isEarlier: (name: string) => boolean): Edit[] {
  const pending = new Set([...declaredIn(file.statements)].filter(isEarlier));
  const edits: Edit[] = [];
  for (const statement of file.statements) {
    if (pending.size === 0) break;
    if (ts.isVariableStatement(statement)) {
      for (const declaration of statement.declarationList.declarations) {
        collect(declaration, pending, edits);
        for (const name of namesOf(declaration.name)) pending.delete(name);
      }
    } else {
      collect(statement, pending, edits);
      if (isNamed(statement)) pending.delete(statement.name.text);
    }
  }
  return edits;
}

const isNamed = (
  node: ts.Node,
): node is (ts.ClassDeclaration | ts.EnumDeclaration) & { name: ts.Identifier } =>
  (ts.isClassDeclaration(node) || ts.isEnumDeclaration(node)) && node.name !== undefined;

/** What the statements declare by `let`, `const`, `class` and `enum`; functions are there from the start. */
function declaredIn(statements: readonly ts.Statement[]): Set<string> {
  const names = new Set<string>();
  for (const statement of statements) {
    if (isNamed(statement)) names.add(statement.name.text);
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name } of statement.declarationList.declarations)
      for (const own of namesOf(name)) names.add(own);
  }
  return names;
}

function namesOf(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesOf(element.name) : []));
}

function collect(node: ts.Node, names: ReadonlySet<string>, edits: Edit[]): void {
  if (isType(node) || isDeferred(node)) return;
  if (ts.isIdentifier(node)) {
    const start = node.getStart();
    const insert = insertionBefore(node);
    if (names.has(node.text) && insert !== undefined) edits.push({ start, end: start, text: insert });
    return;
  }
  ts.forEachChild(node, (child) => collect(child, visibleIn(node, names), edits));
}

/** What a class extends has a type's syntax, but is run. */
const isType = (node: ts.Node): boolean => ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node);

/** Runs later: functions, and the fields of instances. */
const isDeferred = (node: ts.Node): boolean =>
  ts.isFunctionLike(node) ||
  (ts.isPropertyDeclaration(node) &&
    !ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword));

/** Without the names that a block declares itself. */
function visibleIn(node: ts.Node, names: ReadonlySet<string>): ReadonlySet<string> {
  const own = new Set<string>();
  if (ts.isBlock(node)) for (const name of declaredIn(node.statements)) own.add(name);
  if (ts.isForStatement(node) || ts.isForOfStatement(node) || ts.isForInStatement(node))
    if (node.initializer && ts.isVariableDeclarationList(node.initializer))
      for (const { name } of node.initializer.declarations)
        for (const declared of namesOf(name)) own.add(declared);
  if (ts.isCatchClause(node) && node.variableDeclaration)
    for (const name of namesOf(node.variableDeclaration.name)) own.add(name);
  return own.size === 0 ? names : new Set([...names].filter((name) => !own.has(name)));
}

/** Undefined where the identifier is no use of a variable: a declaration, the name of a member, a label. */
function insertionBefore(node: ts.Identifier): string | undefined {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return `${node.text}: ${earlierPrefix}`;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return undefined;
  if (ts.isBindingElement(parent)) return parent.initializer === node ? earlierPrefix : undefined;
  if (ts.isExportSpecifier(parent) || ts.isImportSpecifier(parent)) return undefined;
  if (ts.isJsxAttribute(parent) || ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent))
    return undefined;
  const isName = 'name' in parent && parent.name === node;
  return isName ? undefined : earlierPrefix;
}
