import { basename, dirname, resolve } from 'node:path';
import { parseExperimentName } from '../experiment-name.ts';
import type { RunRecords, SourceFormat } from '../sources/source.ts';
import { isProtobuf } from './protobuf.ts';
import { readTraces } from './read-traces.ts';
import { stemOf, traceGroup } from './trace-files.ts';

/** A collector writes nothing before it but white space and a bracket; people's own tools may write some keys. */
const LOOKED_AT = 4096;

/** Trace files on their own. What the name of their folder says of the run is taken, as in a ground-truth tree. */
export const otlpTraces: SourceFormat = {
  name: 'otlp',
  meaning: 'traces of steps and requests in OTLP, as a collector writes them with the format json',
  recognises: ({ text, bytes }) =>
    /"(?:resourceSpans|resource_spans)"\s*:/.test(text.slice(0, LOOKED_AT)) || isProtobuf(bytes),
  extensions: ['.binpb', '.pb'],
  companions: (path) => traceGroup(path).filter((other) => other !== path),
  read: async (path) => {
    const files = traceGroup(path);
    const folder = basename(dirname(resolve(path)));
    const named = parseExperimentName(folder);
    const { model, ...records } = await readTraces(files);
    return [
      {
        ...(model !== undefined && { model }),
        id: named || stemOf(path) === 'traces' ? folder : stemOf(path),
        ...named,
        ...(named && { assumed: { hardware: 'H100' } }),
        place: path,
        settings: {},
        ...records,
      } satisfies RunRecords,
    ];
  },
};
