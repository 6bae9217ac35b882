import type {
  AnyNode,
  ClassDeclaration,
  ExportAllDeclaration,
  ExportDefaultDeclaration,
  ExportNamedDeclaration,
  FunctionDeclaration,
  ImportDeclaration,
  VariableDeclaration,
} from 'acorn';
import type { Edit } from './edits.ts';
import { internalsName } from './internals.ts';
import { givenName } from './shadowing.ts';
import { boundNames, walk } from './syntax-walk.ts';

/** What is known of a cell's names while its statements are rewritten. */
export interface Declarations {
  readonly code: string;
  readonly names: Set<string>;
  /** `var` names that cannot become `let` in place: they are declared at the start of the cell. */
  readonly reset: Set<string>;
  /** How often a name occurs in the cell. */
  readonly used: ReadonlyMap<string, number>;
}

interface StatementEdits {
  /** A function declaration, which belongs to the script that runs first. */
  readonly hoisted?: boolean;
  readonly edits: readonly Edit[];
}

/** The edits that make one top-level statement fit for V8's REPL mode; see `rewrite`. */
export function rewriteStatement(statement: AnyNode, declared: Declarations): StatementEdits {
  switch (statement.type) {
    case 'ImportDeclaration':
      return { edits: [rewriteImport(statement, declared)] };
    case 'VariableDeclaration':
      return { edits: rewriteVariables(statement, declared) };
    case 'ClassDeclaration':
      return { edits: rewriteClass(statement as ClassDeclaration, declared) };
    case 'FunctionDeclaration':
      return { hoisted: true, edits: rewriteFunction(statement as FunctionDeclaration, declared) };
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      return rewriteExport(statement, declared);
    case 'ExportAllDeclaration':
      return { edits: [rewriteReExport(statement)] };
    default:
      return { edits: rewriteNestedVars(statement, declared) };
  }
}

/** `import a, {b as c} from 'x'` to `let {default: a, b: c} = await import('x')`. */
function rewriteImport(node: ImportDeclaration, declared: Declarations): Edit {
  // All that it names were types: as the compiler has it, such an import is none.
  if (node.specifiers.length === 0 && declared.code.slice(node.start, node.source.start).includes('{'))
    return { start: node.start, end: node.end, text: '' };
  const call = importCall(node, declared);
  const star = node.specifiers.find((specifier) => specifier.type === 'ImportNamespaceSpecifier');
  const members = node.specifiers.flatMap((specifier) => {
    declared.names.add(specifier.local.name);
    if (specifier.type === 'ImportDefaultSpecifier') return [`default: ${specifier.local.name}`];
    if (specifier.type === 'ImportNamespaceSpecifier') return [];
    return [`${moduleName(specifier.imported)}: ${specifier.local.name}`];
  });
  let text = `await ${call};`;
  if (star) {
    text = `let ${star.local.name} = await ${call};`;
    if (members.length > 0) text += ` let {${members.join(', ')}} = ${star.local.name};`;
  } else if (members.length > 0) {
    text = `let {${members.join(', ')}} = await ${call};`;
  }
  return { start: node.start, end: node.end, text };
}

function importCall(node: ImportDeclaration, { used }: Declarations): string {
  const attributes = node.attributes.map((a) => `${moduleName(a.key)}: ${JSON.stringify(a.value.value)}`);
  const options = attributes.length > 0 ? `{with: {${attributes.join(', ')}}}` : 'undefined';
  // A name that occurs only in the import may be a type: that it is missing at run time is no mistake.
  const wanted = node.specifiers.flatMap((specifier) => {
    if (specifier.type !== 'ImportSpecifier' || specifier.imported.type !== 'Identifier') return [];
    const own =
      specifier.local.name === specifier.imported.name && specifier.local.start === specifier.imported.start;
    const inImport = own ? 2 : 1;
    return (used.get(specifier.local.name) ?? 0) > inImport ? [specifier.imported.name] : [];
  });
  return `${internalsName}.import(${JSON.stringify(node.source.value)}, ${options}, ${JSON.stringify(wanted)})`;
}

function moduleName(name: ImportDeclaration['attributes'][number]['key']): string {
  return name.type === 'Identifier' ? name.name : JSON.stringify(name.value);
}

function rewriteVariables(node: VariableDeclaration, declared: Declarations): readonly Edit[] {
  const names = node.declarations.flatMap((declarator) => boundNames(declarator.id));
  if (names.some((name) => declared.names.has(name))) return rewriteVarAsAssignment(node, declared);
  for (const name of names) declared.names.add(name);
  const asLet = { start: node.start, end: node.start + node.kind.length, text: 'let' };
  return /using/.test(node.kind) ? [asLet, ...keepResources(node)] : [asLet];
}

/** `using a = b` to `let a = __edgebook.use(b, 'using')`: a cell's resources are disposed of when it ends. */
function keepResources(node: VariableDeclaration): Edit[] {
  return node.declarations.flatMap(({ init }) =>
    init
      ? [
          { start: init.start, end: init.start, text: `${internalsName}.use((` },
          { start: init.end, end: init.end, text: `), ${JSON.stringify(node.kind)})` },
        ]
      : [],
  );
}

/** A `var` below the top level, or declared twice, has no place where it could be a `let`. */
function rewriteNestedVars(statement: AnyNode, declared: Declarations): Edit[] {
  const edits: Edit[] = [];
  walk(statement, (node) => {
    if (/Function|^Class/.test(node.type)) return false;
    const head = loopHead(node);
    if (isVar(head)) edits.push(...dropVar(head, declared));
    else if (isVar(node) && !edits.some((edit) => edit.start === node.start))
      edits.push(...rewriteVarAsAssignment(node, declared));
  });
  return edits;
}

function isVar(node: AnyNode | null | undefined): node is VariableDeclaration {
  return node?.type === 'VariableDeclaration' && node.kind === 'var';
}

function loopHead(node: AnyNode): AnyNode | null | undefined {
  if (node.type === 'ForStatement') return node.init;
  return node.type === 'ForInStatement' || node.type === 'ForOfStatement' ? node.left : undefined;
}

function dropVar(node: VariableDeclaration, declared: Declarations): Edit[] {
  resetNames(node, declared);
  return [{ start: node.start, end: node.start + node.kind.length, text: '' }];
}

function rewriteVarAsAssignment(node: VariableDeclaration, declared: Declarations): Edit[] {
  resetNames(node, declared);
  const last = node.declarations.at(-1)!;
  return [
    { start: node.start, end: node.start + node.kind.length, text: 'void (' },
    { start: last.end, end: last.end, text: ')' },
  ];
}

function resetNames(node: VariableDeclaration, declared: Declarations): void {
  for (const name of node.declarations.flatMap((declarator) => boundNames(declarator.id))) {
    if (!declared.names.has(name)) declared.reset.add(name);
    declared.names.add(name);
  }
}

function rewriteClass(node: ClassDeclaration, declared: Declarations): Edit[] {
  declared.names.add(node.id.name);
  if (hidesGlobal(node.id.name)) return declareNamed(node, node.id);
  return [
    { start: node.start, end: node.start, text: `let ${node.id.name} = ` },
    { start: node.end, end: node.end, text: ';' },
  ];
}

/** `async function* f() {}` to `let f = async function*  () {};`: V8 names the function after the variable. */
function rewriteFunction(node: FunctionDeclaration, declared: Declarations): Edit[] {
  declared.names.add(node.id.name);
  if (hidesGlobal(node.id.name)) return declareNamed(node, node.id);
  return [
    { start: node.start, end: node.start, text: `let ${node.id.name} = ` },
    { start: node.id.start, end: node.id.end, text: '' },
    { start: node.end, end: node.end, text: ';' },
  ];
}

const hidesGlobal = (binding: string): boolean => givenName(binding) !== binding;

/** A function or class is called what the user calls it, also where its variable has another name. */
function declareNamed({ start, end }: AnyNode, id: AnyNode & { name: string }): Edit[] {
  const name = givenName(id.name);
  return [
    { start, end: start, text: `let ${id.name} = ({ ${name}: ` },
    { start: id.start, end: id.end, text: '' },
    { start: end, end, text: ` }).${name};` },
  ];
}

function rewriteExport(
  node: ExportNamedDeclaration | ExportDefaultDeclaration,
  declared: Declarations,
): StatementEdits {
  const inner = node.declaration as AnyNode | null | undefined;
  if (!inner) return { edits: [rewriteReExport(node as ExportNamedDeclaration)] };
  const dropExport: Edit = { start: node.start, end: inner.start, text: '' };
  if (/Declaration$/.test(inner.type) && 'id' in inner && inner.id === null) {
    const wrap: Edit[] = [
      { start: inner.start, end: inner.start, text: ';(' },
      { start: inner.end, end: inner.end, text: ');' },
    ];
    return { edits: [dropExport, ...wrap] };
  }
  const { hoisted, edits } = rewriteStatement(inner, declared);
  return { ...(hoisted && { hoisted }), edits: [dropExport, ...edits] };
}

function rewriteReExport(node: ExportNamedDeclaration | ExportAllDeclaration): Edit {
  const text = node.source ? `await ${internalsName}.import(${JSON.stringify(node.source.value)});` : '';
  return { start: node.start, end: node.end, text };
}
