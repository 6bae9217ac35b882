import ts from 'typescript';

export type DeclarationKind =
  | 'let'
  | 'const'
  | 'function'
  | 'class'
  | 'interface'
  | 'type'
  | 'enum'
  | 'module'
  | 'import';

/** A name that a cell declares at its top level. */
export interface Declaration {
  readonly name: string;
  readonly kind: DeclarationKind;
  /** Its statement, as the user wrote it. */
  readonly source: string;
}

/** What the file declares at its top level, `var`s of blocks included, in the order of the text. */
export function declarationsOf(file: ts.SourceFile): Declaration[] {
  const found = new Map<string, Declaration>();
  for (const statement of file.statements) {
    const source = statement.getFullText(file).trim();
    const add = (name: string, kind: DeclarationKind) => found.set(name, { name, kind, source });
    addStatement(statement, add);
  }
  return [...found.values()];
}

/** Names that the file itself exports under their own name. */
export function ownExports(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  for (const statement of file.statements) {
    if (isExported(statement)) addStatement(statement, (name) => names.add(name));
    if (!ts.isExportDeclaration(statement) || !statement.exportClause) continue;
    if (ts.isNamedExports(statement.exportClause))
      for (const element of statement.exportClause.elements) names.add(element.name.text);
  }
  return names;
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  const has = (kind: ts.SyntaxKind) => modifiers.some((modifier) => modifier.kind === kind);
  return has(ts.SyntaxKind.ExportKeyword) && !has(ts.SyntaxKind.DefaultKeyword);
}

type Add = (name: string, kind: DeclarationKind) => void;

const simpleKinds = new Map<ts.SyntaxKind, DeclarationKind>([
  [ts.SyntaxKind.FunctionDeclaration, 'function'],
  [ts.SyntaxKind.ClassDeclaration, 'class'],
  [ts.SyntaxKind.InterfaceDeclaration, 'interface'],
  [ts.SyntaxKind.TypeAliasDeclaration, 'type'],
  [ts.SyntaxKind.EnumDeclaration, 'enum'],
  [ts.SyntaxKind.ModuleDeclaration, 'module'],
]);

function addStatement(statement: ts.Statement, add: Add): void {
  const kind = simpleKinds.get(statement.kind);
  if (kind) {
    const { name } = statement as ts.DeclarationStatement;
    if (name && ts.isIdentifier(name) && name.text !== 'global') add(name.text, kind);
  } else if (ts.isImportDeclaration(statement)) {
    addImport(statement.importClause, add);
  } else if (ts.isImportEqualsDeclaration(statement)) {
    add(statement.name.text, 'import');
  } else if (ts.isVariableStatement(statement)) {
    addVariables(statement.declarationList, add);
  } else {
    addNestedVars(statement, add);
  }
}

function addImport(clause: ts.ImportClause | undefined, add: Add): void {
  if (clause?.name) add(clause.name.text, 'import');
  const bindings = clause?.namedBindings;
  if (!bindings) return;
  if (ts.isNamespaceImport(bindings)) add(bindings.name.text, 'import');
  else for (const element of bindings.elements) add(element.name.text, 'import');
}

function addVariables(list: ts.VariableDeclarationList, add: Add): void {
  const kind = list.flags & ts.NodeFlags.Const ? 'const' : 'let';
  const visit = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) add(name.text, kind);
    else for (const element of name.elements) if (ts.isBindingElement(element)) visit(element.name);
  };
  for (const declaration of list.declarations) visit(declaration.name);
}

/** A `var` belongs to the cell, however deep in blocks it stands. */
function addNestedVars(node: ts.Node, add: Add): void {
  if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
  if (ts.isVariableDeclarationList(node) && !(node.flags & ts.NodeFlags.BlockScoped)) addVariables(node, add);
  ts.forEachChild(node, (child) => addNestedVars(child, add));
}
