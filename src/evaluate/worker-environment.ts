/**
 * What a child process needs of the environment: where programs, libraries, homes and temporary files are, and the time zone.
 * API keys are not among it, and neither is NODE_OPTIONS, whose flags are the parent's affair. Windows spells names as it
 * likes.
 */
const NEEDED: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'TMPDIR',
  'TMP',
  'TEMP',
  'TZ',
  'LANG',
  'LC_ALL',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'PATHEXT',
  'COMSPEC',
  'USERPROFILE',
]);

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of a child process, from that of its parent: of this one where nothing is said. */
export function workerEnvironment(environment: Environment = process.env): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => NEEDED.has(name.toUpperCase())));
}
