import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import { escapeHtml, html, type Markup, trusted } from './markup.ts';

type CodeLanguage = 'javascript' | 'go';

/** Highlights code for a page. */
export type Highlight = (code: string, language: CodeLanguage) => Markup;

/** Token colours come as CSS variables; their classes stand for them, because the page allows no inline styles. */
const CLASSES: Readonly<Record<string, string>> = {
  'var(--code-token-comment)': 'c',
  'var(--code-token-keyword)': 'k',
  'var(--code-token-string)': 's',
  'var(--code-token-string-expression)': 's',
  'var(--code-token-constant)': 'n',
  'var(--code-token-function)': 'f',
};

const THEME = 'page';

function highlighted(highlighter: HighlighterCore, code: string, language: CodeLanguage): Markup {
  const lines = highlighter.codeToTokensBase(code.trimEnd(), { lang: language, theme: THEME }).map((tokens) =>
    tokens
      .map(({ content, color }) => {
        const name = CLASSES[color ?? ''];
        const text = escapeHtml(content);
        return name === undefined ? text : `<span class="${name}">${text}</span>`;
      })
      .join(''),
  );
  return html`<pre tabindex="0"><code>${trusted(lines.join('\n'))}</code></pre>`;
}

/** Makes the highlighter, which takes a third of a second. */
export async function loadHighlight(): Promise<Highlight> {
  const highlighter = await createHighlighterCore({
    themes: [createCssVariablesTheme({ name: THEME, variablePrefix: '--code-', fontStyle: false })],
    langs: [import('shiki/langs/javascript.mjs'), import('shiki/langs/go.mjs')],
    engine: createJavaScriptRegexEngine(),
  });
  return (code, language) => highlighted(highlighter, code, language);
}
