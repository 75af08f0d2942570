import { basename, dirname, join, resolve } from 'node:path';
import { parseExperimentName } from '../sources/ground-truth/experiment-name.ts';
import { CONFIG_FILE, LOG_FILE, readServerFacts } from '../sources/ground-truth/server-facts.ts';
import { ASSUMED_HARDWARE, type RunRecords, type SourceFormat } from '../sources/source.ts';
import { isProtobuf } from './protobuf.ts';
import { readTraces } from './read-traces.ts';
import { stemOf, traceGroup } from './trace-files.ts';

/** A collector writes nothing before it but white space and a bracket; people's own tools may write some keys. */
const LOOKED_AT = 4096;

/** Trace files on their own. What the name of their folder and the files beside them say of the run is taken. */
export const otlpTraces: SourceFormat = {
  name: 'otlp',
  meaning: 'traces of steps and requests in OTLP, as a collector writes them with the format json',
  recognises: ({ text, bytes }) =>
    /"(?:resourceSpans|resource_spans)"\s*:/.test(text.slice(0, LOOKED_AT)) || isProtobuf(bytes),
  extensions: ['.binpb', '.pb'],
  companions: (path) => [
    ...traceGroup(path).filter((other) => other !== path),
    ...[CONFIG_FILE, LOG_FILE].map((name) => join(dirname(path), name)),
  ],
  read: async (path) => {
    const folder = dirname(resolve(path));
    const name = basename(folder);
    const named = parseExperimentName(name);
    const { model: servedModel, ...server } = await readServerFacts(folder);
    const { model: answering, ...records } = await readTraces(traceGroup(path));
    const model = named?.model ?? servedModel ?? answering;
    return [
      {
        id: named || stemOf(path) === 'traces' ? name : stemOf(path),
        place: path,
        ...server,
        ...records,
        ...named,
        ...(model !== undefined && { model }),
        ...(servedModel !== undefined && { servedModel }),
        ...(named && { assumed: { hardware: ASSUMED_HARDWARE } }),
      } satisfies RunRecords,
    ];
  },
};
