import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bilinear, linear, withoutZeros } from '../../src/baselines/roofline/interpolate.ts';
import { CONSTANT_MFU } from '../../src/baselines/roofline/mfu.ts';
import { readMfu } from '../../src/baselines/roofline/read-mfu.ts';
import { phaseTimes, rooflineUs } from '../../src/baselines/roofline/step-time.ts';
import { UserError } from '../../src/base/index.ts';
import { architecture, hardware, type ServingContext } from '../../src/physics/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const seventy: ServingContext = {
  architecture: architecture('llama-2-70b'),
  hardware: hardware('H100'),
  tensorParallelism: 4,
  blockSize: 16,
};

describe('interpolation', () => {
  const points = [
    { at: [8], value: 0.1 },
    { at: [16], value: 0.3 },
    { at: [64], value: 0.5 },
  ];

  it('is linear between points and clamped at the ends', () => {
    expect(linear(points, 12)).toBeCloseTo(0.2, 12);
    expect(linear(points, 40)).toBeCloseTo(0.4, 12);
    expect(linear(points, 1)).toBe(0.1);
    expect(linear(points, 1000)).toBe(0.5);
  });

  it('is bilinear on a grid, and clamped where a row ends early', () => {
    const grid = [
      { at: [1, 1000], value: 0.1 },
      { at: [1, 3000], value: 0.3 },
      { at: [3, 1000], value: 0.5 },
    ];
    expect(bilinear(grid, 2, 1000)).toBeCloseTo(0.3, 12);
    expect(bilinear(grid, 2, 2000)).toBeCloseTo(0.35, 12);
    expect(bilinear(grid, 9, 9000)).toBeCloseTo(0.5, 12);
  });

  it('puts the nearest measured value where one was rounded to zero', () => {
    expect(withoutZeros([{ at: [1], value: 0 }, ...points]).map(({ value }) => value)).toEqual([0.1, 0.1, 0.3, 0.5]);
  });
});

describe('roofline', () => {
  const [d, dkv, ff, layers, tp] = [8192, 1024, 28672, 80, 4];
  const bandwidth = (3.35e12 * 0.82) / 1e6;

  it('is bound by memory on a small decode batch: weights, cache and activations', () => {
    const batch = { prefillTokens: 0, prefillRequests: 0, decodeTokens: 2, decodeRequests: 2, contextTokens: 1000 };
    const cache = 2 * layers * dkv * 2;
    const bytes = 68.977e9 * 2 + cache * 2 + cache * 2000 * 0.8 + layers * d * 2 * 2 * 0.75;
    const { decode, prefill } = phaseTimes(batch, seventy, CONSTANT_MFU);
    expect(decode.memoryUs / (bytes / tp / bandwidth)).toBeCloseTo(1, 3);
    expect(prefill).toEqual({ computeUs: 0, memoryUs: 0 });
    expect(rooflineUs(batch, seventy, CONSTANT_MFU)).toBeCloseTo(Math.max(decode.memoryUs, decode.computeUs) + 2000, 6);
  });

  it('is bound by compute on a large prefill', () => {
    const tokens = 2048;
    const batch = { prefillTokens: tokens, prefillRequests: 4, decodeTokens: 0, decodeRequests: 0, contextTokens: 0 };
    const gemm = (2 * tokens * (2 * d * d + 2 * d * dkv + 3 * d * ff) * layers) / tp / (989.5e6 * 0.45);
    const attention = (4 * 4 * 64 * 512 * 512 * 128 * layers) / 1.8 / (989.5e6 * 0.45) / tp;
    const { prefill } = phaseTimes(batch, seventy, CONSTANT_MFU);
    expect(prefill.computeUs / (gemm + attention)).toBeCloseTo(1, 9);
    expect(prefill.computeUs).toBeGreaterThan(prefill.memoryUs);
  });

  it('takes the slower phase of a mixed batch', () => {
    const decode = { prefillTokens: 0, prefillRequests: 0, decodeTokens: 60, decodeRequests: 60, contextTokens: 700 };
    const mixed = { ...decode, prefillTokens: 900, prefillRequests: 2 };
    const prefill = { ...mixed, decodeTokens: 0, decodeRequests: 0 };
    const of = (batch: typeof decode): number => rooflineUs(batch, seventy, CONSTANT_MFU);
    expect(of(mixed)).toBeCloseTo(Math.max(of(decode), of(prefill)), 6);
  });
});

describe('kernel tables', () => {
  const write = (folder: string, file: string, text: string): void => {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const tables = (): string => {
    const folder = temporaryFolder();
    write(
      folder,
      'gemm/h100/data.csv',
      'm,k,n,latency_us,mfu\n8,4096,4096,1,0.1\n16,4096,4096,1,0.2\n8,8192,8192,1,0.4\n',
    );
    write(folder, 'mha/prefill/h100/64-8-128.csv', 'dtype,seq_len,latency_us,mfu\nbf16,1024,1,0.3\nbf16,4096,1,0.6\n');
    write(folder, 'mha/decode/h100/64-8-128-tp1.csv', 'batch_size,kv_len,mfu\n1,1024,0.01\n');
    write(folder, 'mha/decode/h100/64-8-128-tp4.csv', 'batch_size,kv_len,mfu\n1,1024,0.04\n');
    return folder;
  };

  it('answer the nearest covering weight, else the largest, and the parallelism asked for, else one GPU', () => {
    const mfu = readMfu(tables(), hardware('H100'));
    expect(mfu.gemm('decode', 12, 4096, 1024)).toBeCloseTo(0.15, 12);
    expect(mfu.gemm('decode', 12, 5000, 4000)).toBeCloseTo(0.4, 12);
    expect(mfu.gemm('decode', 12, 30000, 30000)).toBeCloseTo(0.4, 12);
    expect(mfu.prefillAttention(seventy.architecture, 2560)).toBeCloseTo(0.45, 12);
    expect(mfu.decodeAttention(seventy.architecture, 4, 1, 1024)).toBe(0.04);
    expect(mfu.decodeAttention(seventy.architecture, 2, 1, 1024)).toBe(0.01);
    expect(mfu.decodeAttention(architecture('llama-2-7b'), 1, 9, 9)).toBe(0.01);
  });

  it('name the file and the record that is no number', () => {
    const folder = tables();
    write(folder, 'gemm/h100/data.csv', 'm,k,n,latency_us,mfu\n8,4096,4096,1,\n');
    expect(() => readMfu(folder, hardware('H100'))).toThrow(/data\.csv: record 1 has no number `mfu`/);
    expect(() => readMfu(join(folder, 'nowhere'), hardware('H100'))).toThrow(UserError);
  });
});
