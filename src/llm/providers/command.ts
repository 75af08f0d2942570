import { type ChildProcess, spawn } from 'node:child_process';
import { ProviderError } from '../provider-error.ts';
import type { CompletionRequest, Provider, Reply } from '../types.ts';
import { estimateUsage } from '../usage.ts';
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
    complete: (request, signal) => run(command, request, signal),
  };
}

function run(command: string, request: CompletionRequest, signal: AbortSignal): Promise<Reply> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(new ProviderError('aborted', 'aborted'));
      return;
    }
    const child = spawn(command, { shell: true, detached: process.platform !== 'win32' });
    const text = new BoundedText();
    let complaint = '';
    const stop = (): void => killGroup(child);
    signal.addEventListener('abort', stop, { once: true });
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text.add(part);
      if (text.isFull) stop();
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
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
      if (text.isFull) resolve({ text: text.toString(), end: 'cut', usage });
      else if (signal.aborted) reject(new ProviderError('aborted', 'aborted', { usage }));
      else if (code === 0) resolve({ text: text.toString(), end: 'complete', usage });
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
