import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';

/** One import of one file, in whichever form it is written. */
export interface ImportEdge {
  /** Relative to `lib`, with slashes. */
  readonly file: string;
  readonly line: number;
  readonly module: string;
  /** Erased by the compiler: nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

/** A source file of the package, as far as the rules about rooms look at it. */
export interface SourceFacts {
  /** Relative to `lib`, with slashes. */
  readonly file: string;
  readonly lines: number;
  readonly imports: readonly ImportEdge[];
  /** Reads of clock, chance or machine: `Date.now`, `new Date()`, `process`, … with their lines. */
  readonly ambient: readonly string[];
}

export const ROOT = join(import.meta.dirname, '..', '..');
export const LIB = join(ROOT, 'lib');

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
  const ambient: string[] = [];
  const lineOf = (node: ts.Node) => source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  const add = (node: ts.Node, target: ts.Node | undefined, typeOnly: boolean) => {
    if (!target) return;
    const module = ts.isStringLiteralLike(target) ? target.text : `computed: ${target.getText()}`;
    imports.push({ file, line: lineOf(node), module, typeOnly });
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
    const read = ambientRead(node);
    if (read) ambient.push(`${file}:${lineOf(node)} reads ${read}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { file, lines: text.split('\n').length - 1, imports, ambient };
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
