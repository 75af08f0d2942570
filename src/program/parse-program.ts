import { parse, type Comment, type Program as Module } from 'acorn';
import { DEFAULT_CAPS, type Caps } from './caps.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { FeatureTable } from './feature-table.ts';
import { GraphBuilder } from './graph-builder.ts';
import { usedConstants } from './graph-tools.ts';
import type { Program } from './ir.ts';
import { leadingDoc } from './parse/doc.ts';
import { ExpressionCompiler } from './parse/expressions.ts';
import { readModule } from './parse/module.ts';
import { ProgramNames } from './parse/name-resolver.ts';
import { Report, Stop } from './parse/report.ts';
import { countTokens, scan } from './parse/scan.ts';
import { StatementCompiler } from './parse/statements.ts';
import { stripTypes } from './parse/strip-types.ts';

/** A program, or what is wrong with the text; `ok` tells which. */
export type ParseResult =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** What a text is held against. */
export interface ParseOptions {
  /** Features that may be read; without it any name may. */
  readonly features?: FeatureTable;
  /** Only `textBytes` and `nesting` act here; for the others see `checkCaps`. */
  readonly caps?: Pick<Caps, 'textBytes' | 'nesting'>;
}

/** Many times what a program within any sensible caps needs; it bounds the depth of chains that have no brackets. */
const TOKEN_LIMIT = 4096;

const NESTING_MEND = 'name parts of it by const, at most a few levels deep';

function reportSyntaxError(error: SyntaxError, report: Report): void {
  const offset = 'pos' in error && typeof error.pos === 'number' ? error.pos : 0;
  const message = error.message.replace(/\s*\(\d+:\d+\)$/, '');
  const text = message.charAt(0).toLowerCase() + message.slice(1);
  report.add(offset, 'syntax', `this is not JavaScript: ${text}`, 'check brackets, commas and operators at this place');
}

function compile(text: string, masked: string, options: ParseOptions, report: Report): Program | undefined {
  const comments: Comment[] = [];
  const module: Module = parse(stripTypes(text, masked), {
    ecmaVersion: 2022,
    sourceType: 'module',
    onComment: comments,
  });
  const parts = readModule(module, report);
  if (parts === undefined) return undefined;
  const builder = new GraphBuilder();
  const names = new ProgramNames(builder, report, parts, options.features);
  const expressions = new ExpressionCompiler(builder, report, names);
  const reserved = new Set(['Math', parts.batch, ...(parts.constantsParameter ? [parts.constantsParameter] : [])]);
  const statements = new StatementCompiler(expressions, report, reserved);
  names.attach(statements);
  const value = statements.run(parts.main.body);
  if (value === undefined || !report.isEmpty) return undefined;
  const graph = builder.build([value.node]);
  const constants = usedConstants(
    [...parts.constants, ...names.lifted].map((spec) => Object.freeze(spec)),
    graph,
  );
  return Object.freeze({ doc: leadingDoc(comments, module.body[0]?.start ?? 0), constants, graph });
}

/**
 * Reads a program's text without running any of it. Numbers other than small integers and exponents become constants;
 * constants that are not used are dropped. The graph is as written, not simplified.
 *
 * @returns the program, or at most twenty diagnostics in order of position; it never throws on any text
 */
export function parseProgram(text: string, options: ParseOptions = {}): ParseResult {
  const caps = options.caps ?? DEFAULT_CAPS;
  const report = new Report(text);
  try {
    if (text.length > caps.textBytes || Buffer.byteLength(text) > caps.textBytes) {
      const message = `the text is longer than ${caps.textBytes} bytes`;
      report.add(0, 'too-long', message, 'write a program of a few dozen lines');
      return { ok: false, diagnostics: report.diagnostics() };
    }
    const { masked, tooDeepAt } = scan(text, caps.nesting);
    if (tooDeepAt !== undefined) {
      report.add(tooDeepAt, 'nesting', `brackets are nested deeper than ${caps.nesting}`, NESTING_MEND);
      return { ok: false, diagnostics: report.diagnostics() };
    }
    if (countTokens(masked, TOKEN_LIMIT + 1) > TOKEN_LIMIT) {
      const message = `the program has more than ${TOKEN_LIMIT} names, numbers and signs`;
      report.add(0, 'too-large', message, 'write a much smaller program');
      return { ok: false, diagnostics: report.diagnostics() };
    }
    const program = compile(text, masked, options, report);
    if (program !== undefined) return { ok: true, program };
  } catch (error) {
    // A very long chain of operators overflows the stack of the parser, which is safe to catch.
    if (error instanceof RangeError) report.add(0, 'nesting', 'the program is nested too deeply', NESTING_MEND);
    else if (error instanceof SyntaxError) reportSyntaxError(error, report);
    else if (!(error instanceof Stop)) throw error;
  }
  return { ok: false, diagnostics: report.diagnostics() };
}
