import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { packageFile } from '../../base/index.ts';
import { html, type Markup, trusted } from './markup.ts';

function readAsset(name: string): string {
  return readFileSync(packageFile(`assets/${name}`), 'utf8').trim();
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** A page and the content security policy that it needs. */
export interface Page {
  readonly html: string;
  /** Allows this page's one style sheet and one script by their hashes, and nothing from anywhere else. */
  readonly policy: string;
}

/** A page that lists things, in the same dress. */
export function renderPlainPage(title: string, body: Markup): Page {
  return pageDocument(title, html`<main>${body}</main>`, undefined);
}

/** A page of the project's dress around a body; `eventsPath` is where a live page hears of changes. */
export function pageDocument(title: string, body: Markup, eventsPath: string | undefined): Page {
  const style = readAsset('report.css');
  const script = readAsset('report.js');
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    ...(eventsPath === undefined ? [] : ["connect-src 'self'"]),
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const page = html`<!doctype html>
<html lang="en"${eventsPath !== undefined && html` data-events="${eventsPath}"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
${body}
<p id="announce" class="visually-hidden" role="status"></p>
<script>${trusted(script)}</script>
</body>
</html>
`;
  return { html: page.text, policy };
}
