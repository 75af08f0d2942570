import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replyBlocks } from '../../src/llm/index.ts';

const PROGRAM =
  'export const constants = { a: 1 };\nexport function predictStepTime(batch, c) {\n  return c.a * batch.x;\n}';
const OTHER = PROGRAM.replaceAll('c.a', '2 * c.a');

describe('replyBlocks', () => {
  it('finds fenced programs anywhere, each with the line above as its reason', () => {
    const reply = `Here you are.\n\n1. **Reason:** memory bound\n\`\`\`js\n${PROGRAM}\n\`\`\`\nand\n\n- Why: two phases\n~~~typescript\n${OTHER}\n~~~\nBye.`;
    expect(replyBlocks(reply)).toEqual([
      { reason: 'memory bound', source: PROGRAM, above: 'Here you are.\n1. **Reason:** memory bound' },
      { reason: 'two phases', source: OTHER, above: 'and\n- Why: two phases' },
    ]);
  });

  it.each([
    [
      'an array',
      JSON.stringify([
        { reason: 'r', source: PROGRAM },
        { rationale: 's', code: OTHER },
      ]),
    ],
    [
      'an object',
      JSON.stringify({
        programs: [
          { reason: 'r', source: PROGRAM },
          { reason: 's', program: OTHER },
        ],
      }),
    ],
    [
      'a fence',
      `Sure:\n\`\`\`json\n${JSON.stringify([
        { reason: 'r', source: PROGRAM },
        { why: 's', code: OTHER },
      ])}\n\`\`\``,
    ],
    [
      'prose',
      `Sure: ${JSON.stringify([
        { reason: 'r', source: PROGRAM },
        { reason: 's', code: OTHER },
      ])} as asked`,
    ],
    [
      'fences inside JSON',
      JSON.stringify([
        { reason: 'r', source: `\`\`\`js\n${PROGRAM}\n\`\`\`` },
        { reason: 's', code: OTHER },
      ]),
    ],
  ])('reads JSON in %s', (_, reply) => {
    expect(replyBlocks(reply)).toEqual([
      { reason: 'r', source: PROGRAM },
      { reason: 's', source: OTHER },
    ]);
  });

  it('keeps right blocks beside wrong ones, and passes over other languages', () => {
    const reply = `\`\`\`bash\nrm -rf /\n\`\`\`\n\`\`\`js\nnonsense(\n\`\`\`\nReason: good\n\`\`\`js\n${PROGRAM}\n\`\`\``;
    expect(replyBlocks(reply).map(({ source }) => source)).toEqual(['nonsense(', PROGRAM]);
  });

  it('reads a fence that is never closed, several modules in one fence, and bare code', () => {
    expect(replyBlocks(`\`\`\`js\n${PROGRAM}`)).toEqual([{ reason: '', source: PROGRAM, isOpen: true }]);
    const two = replyBlocks(`\`\`\`js\n${PROGRAM}\n\n// the other\n${OTHER}\n\`\`\``);
    expect(two.map(({ source }) => source.includes('2 * c.a'))).toEqual([false, true]);
    expect(replyBlocks(`I propose this.\n${PROGRAM}`)).toEqual([{ reason: 'I propose this.', source: PROGRAM }]);
  });

  it('finds nothing in prose, in an empty reply or in JSON without programs', () => {
    for (const reply of ['', '   \n', 'I cannot help with that.', '{"answer": 42}', '[]', '```\n\n```']) {
      expect(replyBlocks(reply)).toEqual([]);
    }
  });

  it('makes a reason one short line without control characters', () => {
    const [block] = replyBlocks(`\u001b[31mReason: ${'x'.repeat(5000)}\u0007\n\`\`\`js\n${PROGRAM}\n\`\`\``);
    expect(block?.reason.length).toBeLessThanOrEqual(200);
    expect(block?.reason).not.toMatch(/\p{C}/u);
  });

  it('takes a bounded number of programs from an enormous reply, quickly', () => {
    const reply = `\`\`\`js\n${PROGRAM}\n\`\`\`\n`.repeat(50_000);
    expect(replyBlocks(reply)).toHaveLength(32);
    for (const hostile of [
      '`'.repeat(1 << 20),
      '```\n'.repeat(1 << 18),
      '[{"a":'.repeat(1 << 17),
      '{'.repeat(1 << 20),
    ]) {
      expect(replyBlocks(hostile).length).toBeLessThanOrEqual(32);
    }
  });

  it('survives any text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom(
        '```',
        '```js\n',
        '```json\n',
        '~~~~',
        PROGRAM,
        'export const constants',
        '{"source":"',
        '[{',
        '"}]',
        '\r\n',
        '\u0000',
        '\ud800',
      ),
      fc.json(),
    );
    const reply = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(reply, (text) => {
        for (const { reason, source } of replyBlocks(text)) {
          expect(typeof source).toBe('string');
          expect(reason).not.toMatch(/\p{C}/u);
        }
      }),
      { seed: 3, numRuns: 1000 },
    );
  });
});
