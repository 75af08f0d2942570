import { diffPrograms } from '../app/index.ts';
import { formatPercent, renderTable } from '../report/index.ts';
import { changeText } from './change-text.ts';
import { runOf } from './find-run.ts';
import { print, printJson } from './output.ts';

/** `evolve diff A B`. */
export async function diffCommand(
  first: string,
  second: string,
  options: { readonly run?: string; readonly json: boolean },
): Promise<void> {
  const document = diffPrograms(runOf(options.run), first, second);
  if (options.json) return printJson(document);
  const { a, b, change } = document;
  const figures = ['operations', 'conditionals', 'constants', 'features'] as const;
  const errors = ['error', 'mape', 'validationError'] as const;
  const right = (header: string): { readonly header: string; readonly align: 'right' } => ({ header, align: 'right' });
  print(
    [
      renderTable(
        [{ header: '' }, right(a.id), right(b.id), right('change')],
        [
          ...figures.map((name) => [name, String(a[name]), String(b[name]), signed(b[name] - a[name], String)]),
          ...errors.map((name) => [
            `${ERROR_NAMES[name]}, %`,
            formatPercent(a[name]),
            formatPercent(b[name]),
            signed(b[name] - a[name], formatPercent),
          ]),
        ],
      ),
      '',
      changeText(change),
    ].join('\n'),
  );
}

const ERROR_NAMES: { readonly [K in 'error' | 'mape' | 'validationError']: string } = {
  error: 'error, training rows',
  mape: 'MAPE, training rows',
  validationError: 'error, validation rows',
};

function signed(value: number, format: (value: number) => string): string {
  return `${value >= 0 ? '+' : '−'}${format(Math.abs(value))}`;
}
