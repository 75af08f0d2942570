import { definedOnly, enumeration, UserError } from '../../base/index.ts';
import { architecture, canonicalModelName, checkDeployment, hardware, spreadOf } from '../../physics/index.ts';
import type { Experiment } from '../dataset.ts';
import { type Given, idleOption } from './idle-option.ts';
import type { ImportOptions } from './import-options.ts';
import type { RequestColumns } from '../requests.ts';
import type { ServerSettings } from '../server-settings.ts';
import { runSteps } from './run-steps.ts';
import type { RunRecords } from '../sources/source.ts';
import { withTreatment } from './treat.ts';

/** Facts without which records mean nothing. */
const ASKED = { model: 'the model', tp: 'the tensor parallelism', hardware: 'the hardware' } as const;
type Asked = keyof typeof ASKED;

type Completed = RunRecords & { readonly [A in Asked]: NonNullable<RunRecords[A]> };

/**
 * Makes experiments of what sources say: what a source leaves open comes from the options, else from what they say of the
 * server.
 *
 * @throws UserError that names all facts that are missing, of all runs at once; where an option would change nothing; or where
 *   records are wrong.
 */
export function completeRuns(runs: readonly RunRecords[], options: ImportOptions): readonly Experiment[] {
  for (const option of ['model', 'workload', 'tp', 'hardware', 'blockSize'] as const) refuseIdle(runs, option, options);
  const completed = runs.map((run) => withOptions(run, options));
  return allKnown(completed).map((run) => experimentOf(run, options));
}

function refuseIdle(runs: readonly RunRecords[], option: Given & keyof RunRecords, options: ImportOptions): void {
  const [first] = runs;
  if (options[option] === undefined || first === undefined || runs.some((run) => run[option] === undefined)) return;
  throw idleOption(first.place, option, 'the source says this itself');
}

function withOptions(run: RunRecords, options: ImportOptions): RunRecords {
  const {
    server,
    architectures = [],
    accelerators = [],
    model,
    workload,
    tp,
    hardware: accelerator,
    blockSize,
  } = options;
  const onlyModel = architectures.length === 1 ? architectures[0]!.name : undefined;
  const onlyHardware = accelerators.length === 1 ? accelerators[0]!.name : undefined;
  return {
    ...definedOnly({ model: onlyModel }),
    ...definedOnly(run.assumed ?? {}),
    ...definedOnly({ hardware: onlyHardware }),
    ...definedOnly(server ?? {}),
    ...definedOnly({ model, workload, tp, hardware: accelerator, blockSize }),
    ...definedOnly(run),
    place: run.place,
    notes: run.notes,
    settings: settingsOf(run, { ...server?.settings, ...run.settings }),
  };
}

/** What is assumed of an engine depends on its version: where that is known, its defaults are known too. */
function settingsOf({ assumed }: RunRecords, said: ServerSettings): ServerSettings {
  return said.engineVersion === undefined ? { ...assumed?.settings, ...said } : said;
}

function allKnown(runs: readonly RunRecords[]): readonly Completed[] {
  const missing = new Map<Asked, string[]>();
  for (const run of runs) {
    for (const fact of Object.keys(ASKED) as Asked[]) {
      if (run[fact] !== undefined) continue;
      missing.set(fact, [...(missing.get(fact) ?? []), run.place]);
    }
  }
  if (missing.size === 0) return runs as readonly Completed[];
  const lacking = [...new Set([...missing.values()].flat())];
  const facts = [...missing].map(([fact, places]) =>
    new Set(places).size === lacking.length ? ASKED[fact] : `${ASKED[fact]} (of ${places.join(', ')})`,
  );
  throw new UserError({
    code: 'data.missing-facts',
    place: { file: lacking.join(', ') },
    problem: `${enumeration(facts)} ${facts.length > 1 ? 'are' : 'is'} not known`,
    mend: 'Say what the source does not: in columns of these names, or from what the server was started with',
    details: { facts: [...missing.keys()].join(',') },
  });
}

function experimentOf(run: Completed, options: ImportOptions): Experiment {
  const { model, tp, workload = 'default', requests, points, measured, load, reports, settings, blockSize = 16 } = run;
  for (const note of run.notes) options.onNote?.(`${run.place}: ${note}`);
  const { originNs, ...records } = runSteps(run, options);
  const served = architecture(run.servedModel ?? model, options.architectures);
  const deployment = spreadOf(settings, served, tp);
  checkDeployment(served, { tensorParallelism: tp, ...deployment });
  const experiment: Experiment = {
    id: run.id ?? `${canonicalModelName(model)}-tp${tp}-${workload}`,
    model,
    workload,
    tp,
    architecture: served.name,
    hardware: hardware(run.hardware, options.accelerators).name,
    ...(deployment && { deployment }),
    blockSize,
    ...(Object.keys(settings).length > 0 && { settings }),
    ...records,
    ...(requests && { requests: onClockOf(originNs, requests) }),
    ...(points && { points }),
    ...(measured && { measured }),
    ...(load && { load }),
    ...(reports && { reports }),
  };
  return withTreatment(experiment, options);
}

/** Timestamps that are too long for a number are counted from the first step: the requests' clock moves with them. */
function onClockOf(stepsOriginNs: number, requests: RequestColumns): RequestColumns {
  if (stepsOriginNs === 0 || requests.originNs === undefined) return requests;
  return Object.freeze({ ...requests, originNs: requests.originNs - stepsOriginNs });
}
