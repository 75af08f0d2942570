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

  it('keeps caps that are set lower', () => {
    expect(precheck(sound, features, { caps: { ...DEFAULT_CAPS, constants: 0 } })?.reason).toBe('caps');
  });
});
