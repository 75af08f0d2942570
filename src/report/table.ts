import Table from 'cli-table3';

export interface TableColumn {
  readonly header: string;
  readonly align?: 'left' | 'right';
}

/** Rows of cells as aligned text with a rule under the header; no colour, no border, ends without a line break. */
export function renderTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const blank = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
  const table = new Table({
    chars: {
      ...Object.fromEntries(blank.map((name) => [name, ''])),
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: columns.map((column) => column.align ?? 'left'),
  });
  table.push(
    columns.map((column) => column.header),
    ...rows.map((row) => [...row]),
  );
  const [head = '', ...body] = table.toString().split('\n');
  const width = Math.max(...[head, ...body].map((line) => line.trimEnd().length));
  return [head, '─'.repeat(width), ...body].map((line) => line.trimEnd()).join('\n');
}
