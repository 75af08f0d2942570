import { UserError } from '../../base/index.ts';

/** What a backend is called in the simulator's tree, all from its name on the command line. */
export interface BackendNames {
  /** `--latency-model` takes it: `evolved`. */
  readonly backend: string;
  /** Go package of the formula: `evolved`. */
  readonly packageName: string;
  /** Go type and stem of Go names: `Evolved`. */
  readonly stem: string;
  /** Stem of files and of the key in defaults.yaml: `evolved`. */
  readonly file: string;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Backends that the simulator has or had, and words that Go keeps. */
const TAKEN: ReadonlySet<string> = new Set(
  (
    'roofline trained-physics blackbox crossmodel trained-roofline sim latency main fmt math break case chan const continue ' +
    'default defer else fallthrough for func go goto if import interface map package range return select struct switch type var'
  ).split(' '),
);

/** @throws UserError where no backend can have the name. */
export function backendNames(backend: string): BackendNames {
  if (!NAME.test(backend) || TAKEN.has(backend)) {
    throw new UserError({
      code: 'export.wrong-backend-name',
      problem: `no backend of the simulator can be called \`${backend}\``,
      mend: 'Give lower-case words with hyphens that name no other backend, e.g. evolved or evolved-h100',
    });
  }
  const words = backend.split('-');
  return {
    backend,
    packageName: words.join(''),
    stem: words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join(''),
    file: words.join('_'),
  };
}
