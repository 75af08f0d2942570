import { API, type APIOptions, type Checker, type Symbol, type Type } from 'typescript/unstable/sync';

/** The exported types of one file, as the compiler sees them. */
export interface Types {
  readonly checker: Checker;
  /**
   * The type of a name that the file exports.
   *
   * @throws Error where it exports no such type.
   */
  readonly typeOf: (name: string) => Type;
}

/**
 * Lets `use` work on the types of a file while the compiler has its project open.
 *
 * @throws Error where the file is not part of the project.
 */
export function withTypes<T>(
  { project, file, ...options }: { readonly project: string; readonly file: string } & APIOptions,
  use: (types: Types) => T,
): T {
  const api = new API(options);
  try {
    const { checker, program } = api.updateSnapshot({ openProjects: [project] }).getProjects()[0]!;
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${file}: not a module of ${project}`);
    const symbols = new Map<string, Symbol>(checker.getExportsOfModule(module).map((symbol) => [symbol.name, symbol]));
    return use({
      checker,
      typeOf: (name) => {
        const symbol = symbols.get(name);
        if (symbol === undefined) throw new Error(`${file}: exports no ${name}`);
        return checker.getDeclaredTypeOfSymbol(symbol);
      },
    });
  } finally {
    api.close();
  }
}
