import { join } from 'node:path';
import ts from 'typescript';
import { doors } from '../manifest.js';
import { ROOT } from '../sources.js';

/** A property of an options type. */
export interface OptionFact {
  readonly name: string;
  readonly isRequired: boolean;
  /** As the docstring says it. */
  readonly default: string | undefined;
}

/** An error that apps can meet. */
export interface ErrorFact {
  readonly code: string;
  readonly name: string;
  /** As in imports. */
  readonly door: string;
  /** The first sentence of its docstring. */
  readonly purpose: string;
}

/** The package's doors as the compiler sees them, with any more files in the same program: it is made once. */
export class PublicTypes {
  readonly program: ts.Program;
  readonly #checker: ts.TypeChecker;

  constructor(more: readonly string[] = []) {
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
      config: unknown;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
    this.program = ts.createProgram([...doors.map(({ types }) => sourceOf(types)), ...more], options);
    this.#checker = this.program.getTypeChecker();
  }

  /** Names that a door exports. @param path - as in package.json: `./kit` */
  namesOf(path: string): string[] {
    const door = importedFrom(path);
    return this.#exports().flatMap((one) => (one.door === door ? [one.symbol.name] : []));
  }

  /** Names of the exported types that end so. */
  typesNamed(ending: string): string[] {
    return [...new Set(this.#exports().map(({ symbol }) => symbol.name))].filter((name) =>
      name.endsWith(ending),
    );
  }

  /** The properties of an exported type; undefined when no door exports it. */
  optionsOf(name: string): OptionFact[] | undefined {
    const found = this.#exports().find(({ symbol }) => symbol.name === name);
    if (!found) return undefined;
    const type = this.#checker.getDeclaredTypeOfSymbol(found.target);
    const properties = type.isUnion()
      ? [...new Map(type.types.flatMap((one) => one.getProperties()).map((one) => [one.name, one])).values()]
      : type.getProperties();
    return properties.map((property) => ({
      name: property.name,
      isRequired: !type.isUnion() && !(property.flags & ts.SymbolFlags.Optional),
      default: this.#tag(property, 'default'),
    }));
  }

  /** Every concrete error that a door exports, root first. */
  errors(): ErrorFact[] {
    return this.#exports().flatMap(({ door, symbol, target }) => {
      if (!(target.flags & ts.SymbolFlags.Class)) return [];
      const type = this.#checker.getDeclaredTypeOfSymbol(target);
      const code = type.getProperty('code');
      if (!this.#isOurError(type) || !code) return [];
      const literal = this.#checker.getTypeOfSymbol(code);
      if (!literal.isStringLiteral()) return [];
      const text = ts.displayPartsToString(target.getDocumentationComment(this.#checker));
      return [{ code: literal.value, name: symbol.name, door, purpose: firstSentence(text) }];
    });
  }

  #exports(): { door: string; symbol: ts.Symbol; target: ts.Symbol }[] {
    return doors.flatMap(({ path, types }) => {
      const source = this.program.getSourceFile(sourceOf(types));
      const module = source && this.#checker.getSymbolAtLocation(source);
      if (!module) throw new Error(`The door ${path} has no source; checked: ${sourceOf(types)}`);
      return this.#checker.getExportsOfModule(module).map((symbol) => ({
        door: importedFrom(path),
        symbol,
        target: symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol,
      }));
    });
  }

  #isOurError(type: ts.Type): boolean {
    return (type.getBaseTypes() ?? []).some(
      (base) => base.symbol.name === 'FlamingockError' || this.#isOurError(base),
    );
  }

  #tag(symbol: ts.Symbol, name: string): string | undefined {
    const tag = symbol.getJsDocTags(this.#checker).find((one) => one.name === name);
    return tag && ts.displayPartsToString(tag.text).trim();
  }
}

function importedFrom(path: string): string {
  return path.replace(/^\./, 'nestjs-flamingock');
}

function sourceOf(types: string): string {
  return join(ROOT, types.replace('./dist/', 'lib/').replace(/\.d\.ts$/, '.ts'));
}

function firstSentence(text: string): string {
  return (/^[^]*?\.(?=\s|$)/.exec(text)?.[0] ?? text).replace(/\s+/g, ' ').trim();
}
