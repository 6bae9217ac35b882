import { createRequire } from 'node:module';
import type {
  AnyNode,
  ClassDeclaration,
  FunctionDeclaration,
  Identifier,
  ImportSpecifier,
  Program,
} from 'acorn';
import type { ScopeManager, Variable } from 'eslint-scope';
import { applyEdits, type Edit } from './edits.ts';
import { boundNames, walk } from './syntax-walk.ts';

/**
 * A cell may declare a name that a global has, as a module may: `import { setTimeout } from 'node:timers/promises'`.
 * As a variable of a script it would hide the global from all code of the process, packages and the kernel included.
 * So its binding gets another name, in this cell and in all that follow.
 */
const prefix = '__cell_';

const globals = new Set(Object.getOwnPropertyNames(globalThis));

/** The name that scripts know a cell's variable by. */
export function bindingName(name: string): string {
  return globals.has(name) ? prefix + name : name;
}

/** The name that the user knows a script's variable by. */
export function givenName(binding: string): string {
  return binding.startsWith(prefix) ? binding.slice(prefix.length) : binding;
}

/** Gives the variables of a cell, which `program` is the tree of, names that hide no global. `declared`: by earlier cells. */
export function renameShadowing(code: string, program: Program, declared: ReadonlySet<string>): string {
  const suspects = suspectsIn(program, declared);
  if (suspects.size === 0) return code;
  const { analyze } = createRequire(import.meta.url)('eslint-scope') as typeof import('eslint-scope');
  const scopes = analyze(program as Parameters<typeof analyze>[0], {
    ecmaVersion: 2024,
    sourceType: 'module',
  });
  const found = new Set([...ownIdentifiers(scopes), ...foreignIdentifiers(scopes, declared)]);
  const renamed = [...found].filter(({ name }) => suspects.has(name));
  return renamed.length === 0 ? code : applyEdits(code, rename(program, new Set(renamed)));
}

/** Names of globals that the cell declares somewhere, or that an earlier one has declared: most cells have none, and need no analysis. */
function suspectsIn(program: Program, declared: ReadonlySet<string>): Set<string> {
  const names = new Set<string>();
  walk(program, (node) => {
    for (const name of node.type === 'Identifier' && declared.has(node.name) ? [node.name] : declaredBy(node))
      if (globals.has(name)) names.add(name);
  });
  return names;
}

function declaredBy(node: AnyNode): string[] {
  if (node.type === 'VariableDeclarator') return boundNames(node.id);
  if (/^(Function|Class)Declaration$/.test(node.type)) {
    const { id } = node as FunctionDeclaration | ClassDeclaration;
    return id ? [id.name] : [];
  }
  return /^Import.*Specifier$/.test(node.type) ? [(node as ImportSpecifier).local.name] : [];
}

/** All places of the variables that the cell declares at its top level. */
function ownIdentifiers({ globalScope }: ScopeManager): Identifier[] {
  const scope = globalScope!.childScopes.find(({ type }) => type === 'module')!;
  const own = scope.variables.flatMap(placesOf);
  // A class has a variable of its name for its own body too.
  const classes = scope.childScopes.filter(({ type }) => type === 'class');
  const inner = classes.flatMap(({ variables }) => variables.map(placesOf));
  return [...own, ...inner.filter(([declaration]) => own.includes(declaration!)).flat()];
}

function placesOf({ identifiers, references }: Variable): Identifier[] {
  return [...identifiers, ...references.map(({ identifier }) => identifier)] as unknown as Identifier[];
}

/** All places where the cell uses a variable of an earlier one. */
function foreignIdentifiers({ globalScope }: ScopeManager, declared: ReadonlySet<string>): Identifier[] {
  const identifiers = globalScope!.through.map(({ identifier }) => identifier as unknown as Identifier);
  return identifiers.filter(({ name }) => declared.has(name));
}

/** `{URL}` says a key and a variable at once: only the variable is renamed. */
function rename(program: Program, identifiers: ReadonlySet<Identifier>): Edit[] {
  const [keyed, imported] = [new Set<AnyNode>(), new Set<AnyNode>()];
  walk(program, (node) => {
    if (node.type === 'Property' && node.shorthand)
      keyed.add(node.value.type === 'AssignmentPattern' ? node.value.left : node.value);
    if (node.type === 'ImportSpecifier' && node.imported.start === node.local.start) imported.add(node.local);
  });
  return [...identifiers].map((identifier) => {
    const { name, start, end } = identifier;
    const own = bindingName(name);
    if (keyed.has(identifier)) return { start, end, text: `${name}: ${own}` };
    return { start, end, text: imported.has(identifier) ? `${name} as ${own}` : own };
  });
}
