import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONSTANTS, expression, FEATURES, ROWS, type Workload } from './workload.ts';

/** Least times in milliseconds over all rows. */
export interface CTimes {
  readonly b: number;
  readonly a: number;
  readonly leastSquares: number;
  /** With the loss that our pass has: robust weights, and a penalty where a prediction is far too low. */
  readonly robustLeastSquares: number;
}

const N = CONSTANTS.length;

function inC(workload: Workload): string {
  return expression(workload, (name) => {
    if (FEATURES.includes(name)) return `${name}[i]`;
    if (name === 'max' || name === 'min') return `f${name}`;
    return /^k\d$/.test(name) ? `k[${name[1]}]` : name;
  });
}

/** Derivatives of B by its constants. */
const DERIVATIVES = `
  double ca = k[0]*a[i], cb = k[1]*b[i], cc = k[2]*c[i], cd = k[3]*d[i];
  double u = fmax(ca, cb), v = fmax(cc, cd);
  int left = u >= v;
  g[0] = left && ca >= cb ? a[i] : 0; g[1] = left && ca < cb ? b[i] : 0;
  g[2] = !left && cc >= cd ? c[i] : 0; g[3] = !left && cc < cd ? d[i] : 0;
  g[4] = e[i]; g[5] = f[i]*g_[i]; g[6] = 1;
  double p = fmax(u, v) + k[4]*e[i] + k[5]*g[5] + e[i]/h[i] + (g_[i]-h[i])*(g_[i]-h[i]) - fmin(a[i], b[i]) + k[6];`;

/** A row's weight, its pull and its loss: pseudo-Huber, and the penalty against predictions that are far too low. */
const ROBUST = `double root = sqrt(0.01 + r*r), rw = 1/(ROWS*root), low = fmax(penalty[i] - r, 0), gw = penalty[ROWS + i], act = low > 0 ? gw : 0;
      double w = rw + act, pull = rw*r - act*low;
      cost += (root - 0.1)/ROWS + 0.5*act*low*low;`;

/** Least squares on blocks of columns; `loss` gives a row's pull and, if rows are to be weighed, `w`. */
function blocked(name: string, loss: string, isWeighed: boolean): string {
  const left = isWeighed ? 'weighted' : 's';
  return `__attribute__((noinline)) double ${name}(COLUMNS, const double *restrict k, const double *restrict inverse,
    const double *restrict penalty, double *restrict sums) {
  static double s[N][BLOCK], ${isWeighed ? 'weighted[N][BLOCK], ' : ''}pulls[BLOCK];
  double cost = 0;
  for (int j = 0; j < N*N+N; j++) sums[j] = 0;
  for (long from = 0; from < ROWS; from += BLOCK) {
    long size = ROWS - from < BLOCK ? ROWS - from : BLOCK;
    for (long q = 0; q < size; q++) {
      long i = from + q; double g[N];${DERIVATIVES}
      double r = p*inverse[i] - 1;
      ${loss}
      for (int j = 0; j < N; j++) { s[j][q] = g[j]*inverse[i]; ${isWeighed ? 'weighted[j][q] = w*s[j][q];' : ''} }
      pulls[q] = pull;
    }
    for (int j = 0; j < N; j++) {
      double t = 0; for (long q = 0; q < size; q++) t += s[j][q]*pulls[q];
      sums[N*N+j] += t;
      for (int l = 0; l <= j; l++) { double t2 = 0; for (long q = 0; q < size; q++) t2 += ${left}[j][q]*s[l][q]; sums[j*N+l] += t2; }
    }
  }
  return cost;
}`;
}

/** What a C programmer would write: straight loops, and for least squares a second form that works on blocks of columns. */
const SOURCE = `
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#define ROWS ${ROWS}
#define N ${N}
#define BLOCK 512
#define COLUMNS ${FEATURES.map((name) => `const double *restrict ${name === 'g' ? 'g_' : name}`).join(', ')}
#define PASS ${FEATURES.map((_, k) => `m + ${k}L*ROWS`).join(', ')}
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec*1e3 + t.tv_nsec*1e-6; }
__attribute__((noinline)) void b_kernel(COLUMNS, const double *restrict k, double *restrict out) {
  for (long i = 0; i < ROWS; i++) out[i] = ${inC('b').replaceAll('g[i]', 'g_[i]')};
}
__attribute__((noinline)) void a_kernel(COLUMNS, const double *restrict k, double *restrict out) {
  for (long i = 0; i < ROWS; i++) out[i] = ${inC('a').replaceAll('g[i]', 'g_[i]')};
}
__attribute__((noinline)) double straight(COLUMNS, const double *restrict k, const double *restrict inverse, double *restrict sums) {
  double jtj[N*N] = {0}, jtr[N] = {0}, cost = 0;
  for (long i = 0; i < ROWS; i++) {
    double g[N];${DERIVATIVES}
    double r = p*inverse[i] - 1;
    cost += r*r;
    for (int j = 0; j < N; j++) { g[j] *= inverse[i]; jtr[j] += g[j]*r; for (int l = 0; l <= j; l++) jtj[j*N+l] += g[j]*g[l]; }
  }
  for (int j = 0; j < N*N; j++) sums[j] = jtj[j];
  for (int j = 0; j < N; j++) sums[N*N+j] = jtr[j];
  return cost;
}
${blocked('blocked', 'double pull = r; cost += r*r;', false)}
${blocked('robust', ROBUST, true)}
int main(void) {
  double *m = aligned_alloc(64, 12L*ROWS*8), k[N] = {${CONSTANTS.join(', ')}}, sums[N*N+N], best[5] = {1e9, 1e9, 1e9, 1e9, 1e9}, sink = 0;
  for (long i = 0; i < 12L*ROWS; i++) m[i] = 1 + 499.0*rand()/RAND_MAX;
  for (long i = 0; i < ROWS; i++) { m[10L*ROWS + i] = -0.9; m[11L*ROWS + i] = 20.0/ROWS; }
  for (double end = now() + 1200; now() < end;) {
    double t[6];
    t[0] = now(); b_kernel(PASS, k, m + 8L*ROWS);
    t[1] = now(); a_kernel(PASS, k, m + 8L*ROWS);
    t[2] = now(); sink += straight(PASS, k, m + 9L*ROWS, sums);
    t[3] = now(); sink += blocked(PASS, k, m + 9L*ROWS, m + 10L*ROWS, sums);
    t[4] = now(); sink += robust(PASS, k, m + 9L*ROWS, m + 10L*ROWS, sums);
    t[5] = now();
    for (int j = 0; j < 5; j++) if (t[j+1] - t[j] < best[j]) best[j] = t[j+1] - t[j];
  }
  printf("{\\"b\\":%.6f,\\"a\\":%.6f,\\"straight\\":%.6f,\\"blocked\\":%.6f,\\"robust\\":%.6f,\\"sink\\":%d}", best[0], best[1], best[2], best[3], best[4], sink > 0);
}
`;

/** Compiles the reference with the system compiler and runs it; undefined where there is no compiler. */
export function timeC(options: readonly string[]): CTimes | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'evolve-bench-'));
  try {
    const source = join(folder, 'reference.c');
    const binary = join(folder, 'reference');
    writeFileSync(source, SOURCE);
    try {
      execFileSync('cc', [...options, source, '-o', binary, '-lm'], { stdio: 'pipe' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const times = JSON.parse(execFileSync(binary, { encoding: 'utf8' }));
    return {
      b: times.b,
      a: times.a,
      leastSquares: Math.min(times.straight, times.blocked),
      robustLeastSquares: times.robust,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
