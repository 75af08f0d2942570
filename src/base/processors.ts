import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { posix } from 'node:path';

/** The text of a file; undefined where it cannot be read. */
export type ReadFile = (path: string) => string | undefined;

const ROOT = '/sys/fs/cgroup';
/** Where the first version of control groups is mounted for the processor; distributions name the folder either way. */
const FIRST_VERSION_ROOTS = [`${ROOT}/cpu`, `${ROOT}/cpu,cpuacct`] as const;

/**
 * Processors that this process may use, at least 1: those it may run on, and no more than its control group grants it time for.
 * A container with `--cpus 2` on a machine with 64 processors may run on all of them, two at a time. Newer versions of Node
 * count so themselves; the ones before 22 know the processors alone.
 */
export function availableProcessors(): number {
  const granted = process.platform === 'linux' ? processorQuota(readIfThere) : Infinity;
  return Math.max(1, Math.min(availableParallelism(), Math.floor(granted)));
}

/**
 * Processor time that the control groups of this process grant it, in processors; `Infinity` where they set no limit. Every
 * group above the own one limits it too. In a container the own group is the root of what can be seen, whatever it is called
 * outside. Source: Linux, admin-guide/cgroup-v2 (`cpu.max`) and scheduler/sched-bwc (`cpu.cfs_quota_us`).
 */
export function processorQuota(read: ReadFile): number {
  const groups = (read('/proc/self/cgroup') ?? '').split('\n').flatMap((line) => {
    const [, controllers, group] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    return controllers === undefined || group === undefined ? [] : [{ controllers: controllers.split(','), group }];
  });
  const quotas = groups.flatMap(({ controllers, group }) => {
    const folders = withThoseAbove(group);
    if (controllers[0] === '') return folders.map((folder) => quotaOf(read(`${ROOT}${folder}/cpu.max`)));
    if (!controllers.includes('cpu')) return [];
    return FIRST_VERSION_ROOTS.flatMap((root) =>
      folders.map((folder) =>
        quotaOf(`${read(`${root}${folder}/cpu.cfs_quota_us`)} ${read(`${root}${folder}/cpu.cfs_period_us`)}`),
      ),
    );
  });
  return Math.min(Infinity, ...quotas);
}

/** A group's path and those of the groups above it, without a slash at the end: `/a/b`, `/a` and the empty one. */
function withThoseAbove(group: string): readonly string[] {
  const parts = posix.normalize(group).split('/').filter(Boolean);
  return [...parts.map((_, depth) => `/${parts.slice(0, parts.length - depth).join('/')}`), ''];
}

/** `quota period`, both in µs; the quota is `max` or negative where there is no limit. */
function quotaOf(text: string | undefined): number {
  const [quota = Number.NaN, period = Number.NaN] = (text ?? '').trim().split(/\s+/).map(Number);
  return quota > 0 && period > 0 ? quota / period : Infinity;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
