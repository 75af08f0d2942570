import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import {
  architecture,
  type BatchRequest,
  type ContextSource,
  featuresOfRequests,
  type GoAccessor,
  goExtraction,
  hardware,
  modelParameters,
  type ServingContext,
  visibleFeatures,
} from '../../src/physics/index.ts';
import { goVersion } from '../export/toolchain.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const ACCESSOR: GoAccessor = {
  progressIndex: 'r.ProgressIndex',
  newTokens: 'r.NumNewTokens',
  inputLength: 'r.InputLen',
  hasOutput: 'r.OutputLen > 0',
  blockSize: 'm.blockSize',
  parameter: (name) => `m.${name}`,
};

describe('the Go extraction', () => {
  it('computes only what the features need', () => {
    expect(goExtraction(['decodeTokens'], ACCESSOR)).toEqual({
      reductions: {},
      sums: ['decodeTokens'],
      counters: [],
      beforeLoop: [],
      loop: [
        'switch {',
        'case r.ProgressIndex < r.InputLen:',
        'case r.OutputLen > 0:',
        '\tdecodeTokens += float64(r.NumNewTokens)',
        'default:',
        '\tcontinue',
        '}',
      ],
      loopEnd: [],
      afterLoop: [],
      definitions: [],
      parameters: [],
      usesMath: false,
      helpers: [],
    });
    expect(goExtraction(['tp'], ACCESSOR)).toMatchObject({
      sums: [],
      loop: [],
      definitions: [{ name: 'tp', lines: ['tp := m.tp'], perModel: true }],
      parameters: ['tp'],
    });
    const { definitions, sums, parameters } = goExtraction(['isMixed', 'decodeGemmUs'], ACCESSOR);
    expect(parameters).toEqual(['gemmFlopsPerToken', 'flopsPerUs']);
    expect(sums).toEqual(['decodeTokens', 'prefillRequests', 'decodeRequests']);
    expect(definitions.map(({ name, perModel }) => [name, perModel])).toEqual([
      ['hasPrefill', false],
      ['hasDecode', false],
      ['isMixed', false],
      ['decodeGemmUs', false],
    ]);
  });

  it('reads contexts from the requests where they are known', () => {
    expect(goExtraction(['decodeKvTokens'], ACCESSOR).sums).toEqual(['prefillRequests', 'decodeRequests', 'kvTokens']);
    expect(goExtraction(['decodeKvTokens', 'kvMax', 'kvVariance'], ACCESSOR, 'requests')).toMatchObject({
      sums: ['decodeKvTokens', 'kvMax', 'kvVariance'],
      counters: ['contexts', 'contextSum', 'contextSquares'],
      loop: [
        'switch {',
        'case r.ProgressIndex < r.InputLen:',
        'case r.OutputLen > 0:',
        '\tdecodeKvTokens += float64(r.ProgressIndex)',
        'default:',
        '\tcontinue',
        '}',
        'kvMax = max(kvMax, float64(r.ProgressIndex))',
        'contexts++',
        'contextSum += r.ProgressIndex',
        'contextSquares += r.ProgressIndex * r.ProgressIndex',
      ],
      afterLoop: [
        'if contexts > 0 {',
        '\tkvVariance = float64(contexts*contextSquares-contextSum*contextSum) / float64(contexts*contexts)',
        '}',
      ],
      definitions: [],
    });
  });

  it('refuses what StepTime cannot see', () => {
    expect(() => goExtraction(['kvMax'], ACCESSOR)).toThrow(/`kvMax`/);
    expect(() => goExtraction(['runningDepth'], ACCESSOR)).toThrow(/`runningDepth`/);
    expect(() => goExtraction(['attention'], ACCESSOR)).toThrow(/`attention`/);
  });

  const sources = ['blocks', 'requests'] as const;
  it.skipIf(goVersion === undefined).each(sources)(
    'equals the reference on random batches (needs Go): %s',
    (contexts) => {
      const names = visibleFeatures(contexts).map(({ name }) => name);
      const serving: ServingContext = {
        architecture: architecture('mixtral-8x7b-v0-1'),
        hardware: hardware('A100'),
        tensorParallelism: 2,
        blockSize: 16,
      };
      const batches = randomBatches(200);
      const output = runGo(goProgram(names, contexts, serving, batches));
      const computed = output
        .trim()
        .split('\n')
        .map((line) => line.split(' ').map(Number));
      expect(computed).toHaveLength(batches.length);
      let worst = 0;
      for (const [at, batch] of batches.entries()) {
        const expected = Object.values(featuresOfRequests(batch, serving, names, contexts));
        for (const [feature, value] of expected.entries()) {
          worst = Math.max(worst, Math.abs(computed[at]![feature]! - value) / Math.max(Math.abs(value), 1e-300));
        }
      }
      expect(worst).toBeLessThan(1e-12);
    },
  );
});

function randomBatches(count: number): readonly (readonly BatchRequest[])[] {
  const random = createRandom(1);
  return Array.from({ length: count }, (_, size) =>
    Array.from({ length: size % 129 }, () => ({
      progressIndex: random.integer(1500),
      newTokens: random.integer(4) === 0 ? 1 + random.integer(512) : 1,
      inputLength: random.integer(1000),
      outputLength: random.integer(3),
    })),
  );
}

function goProgram(
  names: readonly string[],
  contexts: ContextSource,
  serving: ServingContext,
  batches: readonly (readonly BatchRequest[])[],
): string {
  const { sums, counters, loop, afterLoop, definitions, parameters, helpers } = goExtraction(names, ACCESSOR, contexts);
  const values = modelParameters(serving);
  return `package main

import (
	"fmt"
	"math"
)

var _ = math.Pi

type request struct {
	ProgressIndex int64
	NumNewTokens  int
	InputLen      int64
	OutputLen     int
}

type model struct {
	blockSize int64
	${parameters.join(', ')} float64
}
${helpers.join('\n\n')}

func extract(m model, batch []request) []float64 {
	var ${sums.join(', ')} float64
${counters.length === 0 ? '' : `\tvar ${counters.join(', ')} int64`}
	for _, r := range batch {
${loop.map((line) => `\t\t${line}`).join('\n')}
	}
${afterLoop.map((line) => `\t${line}`).join('\n')}
${definitions.flatMap(({ lines }) => lines.map((line) => `\t${line}`)).join('\n')}
	return []float64{${names.join(', ')}}
}

func main() {
	m := model{blockSize: ${serving.blockSize}, ${parameters.map((name) => `${name}: ${values[name]}`).join(', ')}}
	for _, batch := range [][]request{
${batches.map((batch) => `\t\t{${batch.map((r) => `{${r.progressIndex}, ${r.newTokens}, ${r.inputLength}, ${r.outputLength}}`).join(', ')}},`).join('\n')}
	} {
		for _, value := range extract(m, batch) {
			fmt.Printf("%.17g ", value)
		}
		fmt.Println()
	}
}
`;
}

function runGo(text: string): string {
  const folder = temporaryFolder();
  const file = join(folder, 'main.go');
  writeFileSync(file, text);
  execFileSync('go', ['vet', file]);
  return execFileSync('go', ['run', file], { encoding: 'utf8' });
}
