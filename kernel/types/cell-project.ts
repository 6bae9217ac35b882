import { join } from 'node:path';
import ts from 'typescript';
import type { Magic } from '../../magics/magic.ts';
import type { Edit } from '../engine/edits.ts';
import { moduleDirective } from '../engine/module-directive.ts';
import { ambientDeclarations } from './ambient.ts';
import { type CellView, viewCell } from './cell-view.ts';
import { type Declaration, declarationsOf, ownExports } from './declarations.ts';
import { earlierPrefix, earlierUses } from './earlier-uses.ts';
import { createLanguageHost, type VirtualFile } from './language-host.ts';
import { viewEdits } from './view-edits.ts';

export interface ProjectOptions {
  /** The notebook's folder. */
  readonly cwd: string;
  readonly magics: readonly Magic[];
}

/** How many cells that declare something are between two looks for files that nothing needs any more. */
const sweepInterval = 100;

/** A name that an earlier cell declared. */
export interface KnownName extends Declaration {
  /** The module that exports it; undefined if only the runtime knows it. */
  readonly module: string | undefined;
  /** Of a value; empty where it is not known. */
  readonly type: string;
}

/** A cell as the compiler sees it now: the service answers for `file` at positions of the view. */
export interface OpenCell extends CellView {
  readonly file: string;
  /** What it declares: the source of each name. */
  readonly names: ReadonlyMap<string, string>;
}

const moduleName = (index: number): string => `__edgebook_${index}`;
const moduleNames = /__edgebook_\d+/g;
const identifiers = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu;

/**
 * The cells of a session for the compiler. The program holds one cell at a time; of each earlier cell it keeps a
 * declaration file, and a cell imports from these only the names that occur in it. So a cell costs the same at any
 * length of the session, a name may be declared again with another type, and older values keep their older types.
 */
export class CellProject {
  readonly #options: ProjectOptions;
  readonly #files = new Map<string, VirtualFile>();
  readonly #names = new Map<string, KnownName>();
  readonly service: ts.LanguageService;
  #file: string;
  #version = 0;
  #declared = 0;

  constructor(options: ProjectOptions) {
    this.#options = options;
    this.#file = this.#path('cell.ts');
    const ambient = this.#path('globals.d.ts');
    this.#write(ambient, ambientDeclarations(options.magics));
    this.#write(this.#file, '');
    const roots = () => [ambient, this.#file];
    this.service = ts.createLanguageService(
      createLanguageHost({ cwd: options.cwd, files: this.#files, roots }),
    );
  }

  get names(): ReadonlyMap<string, KnownName> {
    return this.#names;
  }

  /** Makes `code` the cell that the service answers for. */
  open(code: string, { exporting = false } = {}): OpenCell {
    const { edits, plain, parsed, jsx } = this.#parse(code);
    const renames = this.#renames(plain, parsed);
    const names = new Map(declarationsOf(parsed).map(({ name, source }) => [name, source]));
    const exported = ownExports(parsed);
    const own = [...names.keys()].filter((name) => !exported.has(name));
    const { text } = viewCell(code, merged(edits, renames), { prefix: '', suffix: '' });
    const view = viewCell(code, merged(edits, renames), {
      prefix: `${this.#imports(text, names)}\n`,
      suffix: exporting && own.length > 0 ? `\n;export { ${own.join(', ')} };` : '\n',
    });
    this.#file = this.#path(jsx ? 'cell.tsx' : 'cell.ts');
    this.#write(this.#file, view.text);
    return { ...view, file: this.#file, names };
  }

  /** Makes what the open cell declares, or the module that it is, known to later cells. It must have been opened for export. */
  keep({ file, code }: OpenCell): void {
    const directive = moduleDirective(code);
    if (directive && 'module' in directive) this.#keepModule(directive.module, code);
    if (directive) return;
    const declared = declarationsOf(this.#parse(code).parsed);
    if (declared.length === 0) return;
    const { outputFiles } = this.service.getEmitOutput(file, true, true);
    this.#declared++;
    const module = moduleName(this.#declared);
    const text = outputFiles.find(({ name }) => name.endsWith('.d.ts'))?.text;
    if (text !== undefined) this.#write(this.#declarationPath(module), text);
    const types = this.#exportedTypes(file);
    for (const declaration of declared) {
      const type = types.get(declaration.name) ?? '';
      this.#names.set(declaration.name, {
        ...declaration,
        type,
        module: text === undefined ? undefined : module,
      });
    }
    if (this.#declared % sweepInterval === 0) this.#sweep();
  }

  /** Drops the declaration files that no name leads to: all that they declared has been declared anew. */
  #sweep(): void {
    const needed = new Set<string>();
    const visit = (module: string): void => {
      if (needed.has(module)) return;
      needed.add(module);
      for (const [name] of this.#files.get(this.#declarationPath(module))?.text.matchAll(moduleNames) ?? [])
        visit(name);
    };
    for (const { module } of this.#names.values()) if (module !== undefined) visit(module);
    for (let i = 1; i <= this.#declared; i++)
      if (!needed.has(moduleName(i))) this.#files.delete(this.#declarationPath(moduleName(i)));
  }

  #declarationPath(module: string): string {
    return join(this.#options.cwd, `${module}.d.ts`);
  }

  /** Begins anew: no names. */
  forget(): void {
    this.#names.clear();
  }

  #exportedTypes(file: string): Map<string, string> {
    const program = this.service.getProgram()!;
    const checker = program.getTypeChecker();
    const module = checker.getSymbolAtLocation(program.getSourceFile(file)!);
    const exported = module ? checker.getExportsOfModule(module) : [];
    return new Map(
      exported.map((symbol) => {
        const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
        const isValue = target.flags & (ts.SymbolFlags.Variable | ts.SymbolFlags.Function);
        return [symbol.name, isValue ? checker.typeToString(checker.getTypeOfSymbol(target)) : ''];
      }),
    );
  }

  #keepModule(name: string, code: string): void {
    const [file, other] = mayHoldJsx(code) ? ['.tsx', '.ts'] : ['.ts', '.tsx'];
    this.#files.delete(join(this.#options.cwd, name + other));
    this.#write(join(this.#options.cwd, name + file), code);
  }

  /** Adds names that the runtime has although no cell's text declares them; their type is not known. */
  addRuntimeNames(names: readonly string[]): void {
    for (const name of names)
      if (!this.#names.has(name))
        this.#names.set(name, { name, kind: 'let', source: '', type: '', module: undefined });
  }

  #parse(code: string): { edits: Edit[]; plain: CellView; parsed: ts.SourceFile; jsx: boolean } {
    const { magics } = this.#options;
    const edits = viewEdits(code, { magics, variables: new Set(this.#names.keys()) });
    const plain = viewCell(code, edits, { prefix: '', suffix: '' });
    const jsx = mayHoldJsx(plain.text);
    const parsed = parse(plain.text, jsx);
    return { edits, plain, parsed, jsx };
  }

  /** Lets a name that the cell declares anew further on mean what an earlier cell declared. */
  #renames(plain: CellView, parsed: ts.SourceFile): Edit[] {
    return earlierUses(parsed, (name) => this.#names.has(name)).flatMap((edit) => {
      const start = plain.toCell(edit.start);
      return start === undefined ? [] : [{ start, end: start, text: edit.text }];
    });
  }

  #imports(text: string, declared: ReadonlyMap<string, unknown>): string {
    const lines: string[] = [];
    for (const used of new Set(text.match(identifiers))) {
      const isRenamed = used.startsWith(earlierPrefix);
      const known = this.#names.get(isRenamed ? used.slice(earlierPrefix.length) : used);
      if (known && !declared.has(used)) lines.push(importOf(known, used, text));
    }
    return lines.join(' ');
  }

  #path(name: string): string {
    return join(this.#options.cwd, `__edgebook_${name}`);
  }

  #write(path: string, text: string): void {
    const file = this.#files.get(path);
    if (file?.text === text) return;
    this.#version++;
    this.#files.set(path, { text, version: this.#version });
  }
}

/** Declares `known` under the name that the cell's `text` has for it. */
function importOf({ name, kind, module }: KnownName, used: string, text: string): string {
  if (module === undefined) return `declare let ${used}: any;`;
  if (kind === 'let' && isAssigned(used, text))
    return `declare let ${used}: typeof import('./${module}').${name};`;
  return `import { ${name === used ? name : `${name} as ${used}`} } from './${module}';`;
}

const merged = (edits: readonly Edit[], renames: readonly Edit[]): Edit[] =>
  [...edits, ...renames].sort((a, b) => a.start - b.start);

function parse(text: string, jsx: boolean): ts.SourceFile {
  const kind = jsx ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return ts.createSourceFile('cell', text, ts.ScriptTarget.ESNext, true, kind);
}

/** In JSX files `<T>x` is no type assertion: a cell is one only if it must be. */
function mayHoldJsx(code: string): boolean {
  if (!/<\/[A-Za-z>]|\/>/.test(code)) return false;
  return syntaxErrors(parse(code, true)) < syntaxErrors(parse(code, false));
}

function syntaxErrors(file: ts.SourceFile): number {
  return (file as unknown as { parseDiagnostics: readonly unknown[] }).parseDiagnostics.length;
}

/** An imported name cannot be assigned to. */
function isAssigned(name: string, text: string): boolean {
  const word = `(?<![\\p{ID_Continue}$.])${name.replaceAll('$', '\\$')}(?![\\p{ID_Continue}$])`;
  const after = String.raw`\s*(?:=(?![=>])|\+\+|--|(?:[-+*/%&|^]|\*\*|<<|>>>?|&&|\|\||\?\?)=)`;
  const before = String.raw`(?:\+\+|--)\s*`;
  return new RegExp(`${word}${after}|${before}${word}|[\\]}]\\s*=(?!=)`, 'u').test(text);
}
