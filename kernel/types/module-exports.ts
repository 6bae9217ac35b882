import ts from 'typescript';
import type { CellProject } from './cell-project.ts';

export interface ModuleExport {
  readonly name: string;
  readonly isType: boolean;
  readonly isValue: boolean;
}

/** What a module exports, by the compiler; nothing if it is not found. */
export function moduleExports(project: CellProject, module: string): ModuleExport[] {
  const { file } = project.open(`import ${JSON.stringify(module)}`);
  const program = project.service.getProgram()!;
  const checker = program.getTypeChecker();
  const statement = program.getSourceFile(file)!.statements.find(ts.isImportDeclaration);
  const symbol = statement && checker.getSymbolAtLocation(statement.moduleSpecifier);
  return (symbol ? checker.getExportsOfModule(symbol) : []).map((own) => {
    const { flags } = own.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(own) : own;
    const has = (kind: ts.SymbolFlags) => (flags & kind) !== 0;
    return { name: own.name, isType: has(ts.SymbolFlags.Type), isValue: has(ts.SymbolFlags.Value) };
  });
}
