import { type Command, Option } from 'commander';
import { positiveNumber, wholeNumber } from './options.ts';

/** The flags of `evolve run` that concern operators and language models. */
export interface LlmOptions {
  readonly operator: 'grammar' | 'random' | 'best-only' | 'anthropic' | 'openai' | 'command';
  readonly operators?: string;
  readonly adaptive: boolean;
  readonly model?: string;
  readonly baseUrl?: string;
  readonly command?: string;
  readonly maxCost?: number;
  readonly maxCalls?: number;
  readonly maxMinutes?: number;
  readonly onOutage: 'stop' | 'grammar';
  readonly outageWait: number;
  readonly callTimeout: number;
  readonly concurrency: number;
  readonly childrenPerCall: number;
  readonly maxOutputTokens: number;
  readonly temperature?: number;
  readonly stream: boolean;
  readonly prompts?: string;
  readonly prices?: string;
  readonly replay?: string;
}

/** Also of `evolve resume`: it is a limit of the process, not of the run. */
export function maxMinutes(): Option {
  return new Option(
    '--max-minutes <m>',
    'stop after the generation that is going on then; `evolve resume` goes on',
  ).argParser(positiveNumber);
}

/** Also of `evolve resume`: a server may turn out to be slow. */
export function callTimeout(): Option {
  return new Option(
    '--call-timeout <seconds>',
    'give an attempt up when nothing of the answer comes for so long; an answer that still comes is not cut',
  ).argParser(positiveNumber);
}

/** Declares the flags. */
export function declareLlmOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--operator <name>',
        'what mutates programs: built in (random and best-only are controls), or a language model by a provider',
      )
        .choices(['grammar', 'random', 'best-only', 'anthropic', 'openai', 'command'])
        .default('grammar'),
    )
    .option('--model <names>', 'language model, or several with weights: a:3,b:1')
    .option('--base-url <url>', 'address of a server that speaks the same API (vLLM, Ollama, LM Studio, a gateway)')
    .option('--command <command>', 'for --operator command: reads a prompt on stdin, writes the answer on stdout')
    .option('--operators <mix>', 'share of children by operator, e.g. llm:0.7,grammar:0.3')
    .option('--adaptive', 'let the shares of operators and models follow what they earn for what they cost', false)
    .addOption(new Option('--max-cost <usd>', 'end before the models cost more').argParser(positiveNumber))
    .addOption(new Option('--max-calls <n>', 'calls to models at most, retries included').argParser(wholeNumber(1)))
    .addOption(maxMinutes())
    .addOption(
      new Option('--on-outage <what>', 'when no model answers: stop, to be resumed, or go on with grammar')
        .choices(['stop', 'grammar'])
        .default('stop'),
    )
    .addOption(
      new Option('--outage-wait <seconds>', 'longest wait for a call that fails and is tried again')
        .argParser(positiveNumber)
        .default(300),
    )
    .addOption(callTimeout().default(180))
    .addOption(new Option('--concurrency <n>', 'calls at a time').argParser(wholeNumber(1)).default(4))
    .addOption(
      new Option('--children-per-call <n>', 'programs of an island that one call asks for at most')
        .argParser(wholeNumber(1))
        .default(4),
    )
    .addOption(new Option('--max-output-tokens <n>', 'for one reply').argParser(wholeNumber(1)).default(8192))
    .addOption(new Option('--temperature <t>', "default: the server's").argParser(positiveNumber))
    .option('--no-stream', 'ask for replies in one piece')
    .option('--prompts <dir>', 'folder with templates that replace those of prompts/')
    .option('--prices <file>', 'price table in place of prices/models.json')
    .option('--replay <run>', 'repeat a run from its stored replies, without network or key');
}
