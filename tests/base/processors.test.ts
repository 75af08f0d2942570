import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { availableProcessors, processorQuota } from '../../src/base/index.ts';

function quotaWith(files: Readonly<Record<string, string>>): number {
  return processorQuota((path) => files[path]);
}

const OWN = '/proc/self/cgroup';
const V1 = '12:cpu,cpuacct:/docker/ab\n3:memory:/docker/ab\n0::/system.slice\n';

describe('the processor time that control groups grant', () => {
  it.each<[what: string, files: Record<string, string>, processors: number]>([
    ['no control groups at all', {}, Infinity],
    ['a group without a limit', { [OWN]: '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' }, Infinity],
    [
      'a container, whose group is the root it sees',
      { [OWN]: '0::/\n', '/sys/fs/cgroup/cpu.max': '150000 100000\n' },
      1.5,
    ],
    [
      'a service with a limit of its own',
      { [OWN]: '0::/system.slice/a.service\n', '/sys/fs/cgroup/system.slice/a.service/cpu.max': '400000 100000' },
      4,
    ],
    [
      'a limit of a group above',
      {
        [OWN]: '0::/a/b\n',
        '/sys/fs/cgroup/a/b/cpu.max': '800000 100000',
        '/sys/fs/cgroup/a/cpu.max': '20000 10000',
        '/sys/fs/cgroup/cpu.max': 'max 100000',
      },
      2,
    ],
    [
      'an own group that cannot be seen from inside',
      { [OWN]: '0::/../x\n', '/sys/fs/cgroup/cpu.max': '300000 100000' },
      3,
    ],
    [
      'the first version',
      {
        [OWN]: V1,
        '/sys/fs/cgroup/cpu,cpuacct/docker/ab/cpu.cfs_quota_us': '250000\n',
        '/sys/fs/cgroup/cpu,cpuacct/docker/ab/cpu.cfs_period_us': '100000\n',
      },
      2.5,
    ],
    [
      'the first version inside a container, without a limit above',
      {
        [OWN]: V1,
        '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000',
        '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000',
      },
      0.5,
    ],
    [
      'the first version without a limit',
      {
        [OWN]: V1,
        '/sys/fs/cgroup/cpu/docker/ab/cpu.cfs_quota_us': '-1\n',
        '/sys/fs/cgroup/cpu/docker/ab/cpu.cfs_period_us': '100000\n',
      },
      Infinity,
    ],
    ['a file that says nothing of use', { [OWN]: 'nonsense\n0::/\n', '/sys/fs/cgroup/cpu.max': '\n' }, Infinity],
  ])('%s', (_, files, processors) => {
    expect(quotaWith(files)).toBe(processors);
  });

  it('leaves at least one processor, and no more than the process may run on', () => {
    expect(Number.isInteger(availableProcessors())).toBe(true);
    expect(availableProcessors()).toBeGreaterThanOrEqual(1);
    expect(availableProcessors()).toBeLessThanOrEqual(availableParallelism());
  });
});
