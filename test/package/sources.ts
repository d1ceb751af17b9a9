import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import ts from 'typescript';

/** One import of one file, in whichever form it is written. */
export interface ImportEdge {
  /** Relative to `lib`, with slashes. */
  readonly file: string;
  readonly line: number;
  readonly module: string;
  /** What it asks for, by the names in that module; empty for a whole module. */
  readonly names: readonly string[];
  /** `export … from`: the names are exported again. */
  readonly isExport: boolean;
  /** Erased by the compiler: nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

/** A function, method or accessor with a body. */
export interface FunctionFact {
  readonly line: number;
  readonly lines: number;
}

/** A source file of the package, as far as the rules about rooms look at it. */
export interface SourceFacts {
  /** Relative to `lib`, with slashes. */
  readonly file: string;
  readonly lines: number;
  readonly imports: readonly ImportEdge[];
  readonly functions: readonly FunctionFact[];
  /** Names of exported declarations that have a docstring. */
  readonly documented: readonly string[];
  /** Reads of clock, chance or machine: `Date.now`, `new Date()`, `process`, … with their lines. */
  readonly ambient: readonly string[];
}

export const ROOT = join(import.meta.dirname, '..', '..');
export const LIB = join(ROOT, 'lib');

/** False for files that are not measured yet: `lib/systems/typeorm` is rebuilt on `systems/sql`, and what is written then is measured. */
export function isMeasured({ file }: Pick<SourceFacts, 'file'>): boolean {
  return !file.startsWith('systems/typeorm/');
}

/** Reads every TypeScript file of `lib`. */
export function readSources(): SourceFacts[] {
  return readdirSync(LIB, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => factsOf(relative(LIB, path).split(sep).join('/'), readFileSync(path, 'utf8')));
}

/** What one file imports and reads. */
export function factsOf(file: string, text: string): SourceFacts {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const imports: ImportEdge[] = [];
  const functions: FunctionFact[] = [];
  const documented: string[] = [];
  const ambient: string[] = [];
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  const lineOf = (node: ts.Node) => lineAt(node.getStart());
  const add = (node: ts.Node, target: ts.Node | undefined, typeOnly: boolean) => {
    if (!target) return;
    const module = ts.isStringLiteralLike(target) ? target.text : `computed: ${target.getText()}`;
    imports.push({
      file,
      line: lineOf(node),
      module,
      names: namesIn(node),
      isExport: ts.isExportDeclaration(node),
      typeOnly,
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, isErased(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node, node.argument.literal, true);
    else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      add(node, node.moduleReference.expression, node.isTypeOnly);
    } else if (ts.isCallExpression(node) && isModuleCall(node.expression))
      add(node, node.arguments[0], false);
    if (ts.isFunctionLike(node) && 'body' in node && node.body)
      functions.push({ line: lineOf(node), lines: lineAt(node.end) - lineOf(node) + 1 });
    documented.push(...documentedNames(node));
    const read = ambientRead(node);
    if (read) ambient.push(`${file}:${lineOf(node)} reads ${read}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { file, lines: text.split('\n').length - 1, imports, functions, documented, ambient };
}

/** The file of `lib` that an import leads to; undefined for a package. */
export function targetOf({ file, module }: ImportEdge): string | undefined {
  if (!module.startsWith('.')) return undefined;
  return posix.normalize(posix.join(posix.dirname(file), module)).replace(/\.js$/, '.ts');
}

function documentedNames(node: ts.Node): string[] {
  const isExported = ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(isExportKeyword);
  if (!isExported || !ts.getJSDocCommentsAndTags(node).length) return [];
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.map(({ name }) => name.getText());
  return 'name' in node && node.name ? [(node.name as ts.Identifier).text] : [];
}

function isExportKeyword({ kind }: ts.Modifier): boolean {
  return kind === ts.SyntaxKind.ExportKeyword;
}

function namesIn(node: ts.Node): string[] {
  const list = ts.isImportDeclaration(node) ? node.importClause?.namedBindings : undefined;
  const named = ts.isExportDeclaration(node) ? node.exportClause : list;
  if (!named || !(ts.isNamedImports(named) || ts.isNamedExports(named))) return [];
  return named.elements.map(({ propertyName, name }) => (propertyName ?? name).text);
}

function isErased(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const named = clause.namedBindings;
  if (clause.name || !named || !ts.isNamedImports(named)) return false;
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

function isModuleCall(callee: ts.Expression): boolean {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
  );
}

function ambientRead(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length)
    return 'new Date()';
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText();
    if (/^(Date\.now|performance\.now|Math\.random|process\.\w+|os\.\w+)$/.test(text)) return text;
  }
  return undefined;
}
