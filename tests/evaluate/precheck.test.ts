import { describe, expect, it } from 'vitest';
import { precheck } from '../../src/evaluate/index.ts';
import { DEFAULT_CAPS, type IrNode, type Program, GraphBuilder } from '../../src/program/index.ts';
import { programOf, tableOf } from './tables.ts';

const { features } = tableOf(() => 1, { rows: 3 });
const caps = { caps: DEFAULT_CAPS };
const sound = programOf({ a: 1 }, 'c.a * batch.tokens');

describe('precheck', () => {
  it('has nothing against a sound program', () => {
    expect(precheck(sound, features, caps)).toBeUndefined();
  });

  const withNodes = (nodes: readonly unknown[], root = nodes.length - 1): Program => ({
    ...sound,
    graph: { nodes: nodes as readonly IrNode[], roots: [root] },
  });
  const tokens = { kind: 'feature', name: 'tokens' };

  // What a wire could deliver in place of a graph; each would otherwise be printed as code, or crash the printer.
  it.each([
    ['text in place of a number', withNodes([tokens, { kind: 'number', value: '0);process.exit(1);(0' }])],
    ['an operation that is not in the table', withNodes([tokens, { kind: 'op', op: 'constructor', args: [0] }])],
    ['an argument from the future', withNodes([tokens, { kind: 'op', op: 'neg', args: [1] }])],
    [
      'an argument that is no index',
      withNodes([tokens, { kind: 'op', op: 'neg', args: ['0'] }, { kind: 'op', op: 'neg', args: [-1] }]),
    ],
    ['too many arguments', withNodes([tokens, { kind: 'op', op: 'neg', args: [0, 0] }])],
    ['a number where a condition belongs', withNodes([tokens, { kind: 'op', op: 'select', args: [0, 0, 0] }])],
    [
      'an undeclared constant',
      withNodes([tokens, { kind: 'constant', name: 'z' }, { kind: 'op', op: 'add', args: [0, 1] }]),
    ],
    ['an unknown kind', withNodes([tokens, { kind: 'call', name: 'eval' }])],
    ['no root', { ...sound, graph: { ...sound.graph, roots: [] } }],
    ['a root that is not there', withNodes([tokens], 5)],
    ['a start value that is not finite', { ...sound, constants: [{ name: 'a', start: Number.NaN }] }],
    ['a constant declared twice', { ...sound, constants: [...sound.constants, ...sound.constants] }],
  ] as const)('rejects %s', (_what, program) => {
    expect(precheck(program, features, caps)?.reason).toBe('malformed');
  });

  it('rejects what is never near the targets, and names what never has a result', () => {
    const builder = new GraphBuilder();
    const share = builder.op('tanh', builder.feature('tokens'));
    const small: Program = { doc: '', constants: [], graph: builder.build([share]) };
    expect(precheck(small, features, caps, { least: 900, greatest: 1e6 })).toBeUndefined();
    expect(precheck(small, features, caps, { least: 2000, greatest: 1e6 })?.detail).toMatch(/never above 1/);
    const negative = builder.op('sub', builder.op('neg', builder.feature('tokens')), builder.number(1));
    const log: Program = { doc: '', constants: [], graph: builder.build([builder.op('log', negative)]) };
    expect(precheck(log, features, caps)?.detail).toMatch(/log never has a result/);
  });

  it('calls far what stays more than a thousand times above or below all targets', () => {
    const times = (factor: number): Program => {
      const builder = new GraphBuilder();
      const root = builder.op('max', builder.feature('tokens'), builder.number(factor * 600));
      return { doc: '', constants: [], graph: builder.build([root]) };
    };
    const targets = { least: 600, greatest: 600 };
    expect(precheck(times(1000), features, caps, targets)).toBeUndefined();
    expect(precheck(times(1001), features, caps, targets)?.detail).toMatch(/never below 600600/);
    const least = (most: number): string | undefined =>
      precheck(sound, features, caps, { least: most, greatest: most })?.reason;
    const bounded = programOf({}, 'Math.min(batch.tokens, 6)');
    expect(precheck(bounded, features, caps, { least: 6000, greatest: 6000 })).toBeUndefined();
    expect(precheck(bounded, features, caps, { least: 6001, greatest: 6001 })?.detail).toMatch(/never above 6,/);
    // A constant may scale it.
    expect(least(1e9)).toBeUndefined();
  });

  it('takes as many operations, conditionals and constants as are allowed, and not one more', () => {
    const program = programOf(
      { a: 1, b: 2, t: 3 },
      'batch.tokens > c.t ? c.a * batch.tokens + batch.kv : c.b * batch.requests',
    );
    const most = { ...DEFAULT_CAPS, operations: 4, conditionals: 1, constants: 3 };
    expect(precheck(program, features, { caps: most })).toBeUndefined();
    for (const what of ['operations', 'conditionals', 'constants'] as const) {
      const less = { ...most, [what]: most[what] - 1 };
      expect(precheck(program, features, { caps: less })?.detail).toBe(
        `the program has ${most[what]} ${what}, ${less[what]} are allowed`,
      );
    }
  });

  it('keeps caps that are set lower', () => {
    expect(precheck(sound, features, { caps: { ...DEFAULT_CAPS, constants: 0 } })?.reason).toBe('caps');
  });
});
