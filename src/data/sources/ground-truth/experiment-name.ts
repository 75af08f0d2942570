/** What the name of an experiment's folder says. */
export interface ExperimentName {
  readonly model: string;
  readonly tp: number;
  readonly workload: string;
}

/** Reads `YYYYMMDD-HHMMSS-<model>-tp<N>-<workload>`; undefined for any other name. */
export function parseExperimentName(name: string): ExperimentName | undefined {
  const match = /^(\d{8}-\d{6})-(.+)-tp(\d+)-(\w+)$/.exec(name);
  return match === null ? undefined : { model: match[2]!, tp: Number(match[3]), workload: match[4]! };
}
