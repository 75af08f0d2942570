import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const SCRIPT = `
import { findRun, readFrontier, startRun, type Documents, type RunDocument } from 'evolve-steptime';
import { createPool, type RegressionTable } from 'evolve-steptime/evaluate';
import { parseProgram, type Program } from 'evolve-steptime/program';
import { createGrammarOperator, type Operator } from 'evolve-steptime/search';

const document: RunDocument = await startRun({ runs: 'runs', target: 'cycle', search: { generations: 3 } });
const front: Documents['frontier'] = readFrontier(findRun('runs', document.run));
const error: number | undefined = front[0]?.error;
const operator: Operator = createGrammarOperator();
const parsed = parseProgram('');
const program: Program | undefined = parsed.ok ? parsed.program : undefined;
export const evaluate = (table: RegressionTable) => createPool(table, { jobs: 1 });
console.log(error, operator.name, program);

// @ts-expect-error a target is one of two words
await startRun({ runs: 'runs', target: 'week' });
// @ts-expect-error a run goes somewhere
await startRun({});
`;

it('a project that uses the built package type-checks strictly, the declarations of the package included', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
  symlinkSync(ROOT, join(folder, 'node_modules/evolve-steptime'));
  symlinkSync(join(ROOT, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'main.ts'), SCRIPT);
  const compilerOptions = {
    strict: true,
    skipLibCheck: false,
    module: 'nodenext',
    target: 'es2023',
    types: ['node'],
    noEmit: true,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));

  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
