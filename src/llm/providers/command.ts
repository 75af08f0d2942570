import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { partReasoning } from '../dialects/reasoning.ts';
import { ProviderError } from '../provider-error.ts';
import type { CompletionRequest, Provider, Reply } from '../types.ts';
import { estimateUsage } from '../usage.ts';
import type { Heard } from '../wire/documents.ts';
import { BoundedText } from './text-limit.ts';

/** What a shell answers where it finds no such program, or may not start it. */
const NOT_FOUND: ReadonlySet<number> = new Set([126, 127]);
const TAIL = 300;

/**
 * Any program that reads a prompt on stdin and writes its answer on stdout. It runs in a shell, as the user typed it, and
 * in its own process group, so that nothing it started survives an abort.
 */
export function createCommandProvider(command: string): Provider {
  return {
    name: 'command',
    complete: (request, signal, heard = () => {}) => run(command, request, signal, heard),
  };
}

function run(command: string, request: CompletionRequest, signal: AbortSignal, heard: Heard): Promise<Reply> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(new ProviderError('aborted', 'aborted'));
      return;
    }
    const child = start(command);
    const text = new BoundedText();
    let complaint = '';
    const stop = (): void => killGroup(child);
    signal.addEventListener('abort', stop, { once: true });
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      heard('part');
      text.add(part);
      if (text.isFull) stop();
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      heard('keep-alive');
      complaint = (complaint + part).slice(-TAIL);
    });
    // A program that answers without reading its input closes the pipe; that is no fault.
    child.stdin.on('error', () => {});
    child.stdin.end(`${request.system}\n\n${request.prompt}\n`);
    child.on('error', (error) => {
      signal.removeEventListener('abort', stop);
      reject(permanent(command, error.message));
    });
    child.on('close', (code) => {
      signal.removeEventListener('abort', stop);
      const usage = estimateUsage(request, text.toString());
      const { answer, reasoning } = partReasoning(text.toString());
      const reply = { text: answer, ...(reasoning !== '' && { reasoning }), usage };
      if (text.isFull) resolve({ ...reply, end: 'cut', note: 'longer than any reply that is read' });
      else if (signal.aborted) reject(new ProviderError('aborted', 'aborted', { usage }));
      else if (code === 0) resolve({ ...reply, end: 'complete' });
      else if (code !== null && NOT_FOUND.has(code)) reject(permanent(command, complaint.trim()));
      else
        reject(
          new ProviderError('server', `command: it ended with code ${code ?? 'none'}: ${lastLine(complaint)}`, {
            usage,
          }),
        );
    });
  });
}

/**
 * Watches a pipe that this process alone holds open: when it closes unsaid, this process is gone, however it ended, and the group
 * of the command with it. The command itself runs as in any shell, and its exit code is the shell's.
 */
const GUARDED = '{ read -r _ <&3 || kill -KILL 0; } >/dev/null 2>&1 & exec 3<&-; eval "$1"';
const GUARD_PIPE = 3;

/** Starts a command in a group of its own, which does not outlive this process. Windows has neither groups nor this shell. */
function start(command: string): ChildProcessWithoutNullStreams {
  if (process.platform === 'win32') return spawn(command, { shell: true });
  const child = spawn('/bin/sh', ['-c', GUARDED, 'sh', command], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const guard = child.stdio[GUARD_PIPE] as Writable;
  guard.on('error', () => {});
  child.on('exit', () => guard.end('over\n'));
  return child;
}

function permanent(command: string, why: string): ProviderError {
  return new ProviderError('permanent', `command: cannot start ${JSON.stringify(command)}: ${lastLine(why)}`, {
    remedy: { code: 'llm.broken-command', mend: 'check the command by running it in a shell' },
  });
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) || 'it said nothing on stderr';
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    // A negative number names the process group; Windows has none.
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
