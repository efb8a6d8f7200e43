/**
 * Shows what a job summary (`.md`), coloured terminal output (`.ansi`) or a log's annotations (`.log`, of workflow
 * commands) look like, as a PNG:
 *
 *     node scripts/render-summary.ts IN.md OUT.png [WIDTH]
 *
 * For people who change a renderer, and for docs/images. Needs `cmark-gfm` (GitHub's own Markdown parser) and
 * `chromium` on the PATH. Mermaid graphs are drawn where MERMAID names a copy of mermaid.min.js, else shown as text.
 * THEME=dark shows a page, and THEME=light a terminal, as those see it who prefer that.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [input, output, width = '1010'] = process.argv.slice(2);
if (input === undefined || output === undefined) {
  console.error('usage: render-summary.ts IN.md|IN.ansi|IN.log OUT.png [WIDTH]');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'render-summary-'));

function chromium(...args: string[]): string {
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--hide-scrollbars',
  ];
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const time = [
    '--virtual-time-budget=8000',
    '--allow-file-access-from-files',
    `--user-data-dir=${join(folder, 'profile')}`,
  ];
  return execFileSync('chromium', [...flags, ...quiet, ...time, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 60_000,
  });
}

function pageOf(file: string): string {
  const kind = extname(file);
  if (kind === '.ansi') return terminalPage(readFileSync(file, 'utf8'));
  return kind === '.log' ? annotationsPage(readFileSync(file, 'utf8')) : summaryPage(file);
}

function summaryPage(file: string): string {
  const args = ['--unsafe', '-e', 'table', '-e', 'autolink', '-e', 'strikethrough', '-e', 'tagfilter', file];
  const body = withAlerts(execFileSync('cmark-gfm', args, { encoding: 'utf8' }));
  const mermaid = process.env['MERMAID'];
  const scripts =
    mermaid === undefined
      ? MEASURE_ONLY
      : `<script src="${pathToFileURL(resolve(mermaid)).href}"></script><script>${DRAW}</script>`;
  return page(`<style>${GITHUB_CSS}</style><main>${body}</main>`, scripts);
}

/** GitHub's own addition to Markdown: a quote that begins with `[!TIP]` is a coloured box. */
function withAlerts(html: string): string {
  return html.replaceAll(/<blockquote>\s*<p>\[!(\w+)\]\s*/g, (_, kind: string) => {
    const name = kind.toLowerCase();
    return `<blockquote class="alert ${name}"><p class="kind">${kind.charAt(0)}${name.slice(1)}</p><p>`;
  });
}

function terminalPage(text: string): string {
  const classes = new Map([
    ['1', 'b'],
    ['2', 'dim'],
    ['31', 'red'],
    ['32', 'green'],
    ['33', 'yellow'],
    ['36', 'cyan'],
  ]);
  const escaped = escapeHtml(text.trimEnd());
  const spans = escaped
    .split('\x1b[')
    .map((part, i) => {
      const end = part.indexOf('m');
      if (i === 0) return part;
      const name = classes.get(part.slice(0, end));
      return `${name === undefined ? '</span>' : `<span class="${name}">`}${part.slice(end + 1)}`;
    })
    .join('');
  return page(`<style>${TERMINAL_CSS}</style><pre>${spans}</pre>`, MEASURE_ONLY);
}

/** The boxes of a run's page: what the runner makes of `::error file=…,line=…,title=…::message`. */
function annotationsPage(log: string): string {
  const boxes = log.split('\n').flatMap((line) => {
    const [, level, properties = '', message = ''] = /^::(error|warning|notice) (.*?)::(.*)$/.exec(line) ?? [];
    if (level === undefined) return [];
    const named = new Map(properties.split(',').map((one) => one.split('=', 2) as [string, string]));
    const value = (name: string): string => escapeHtml(unescapeCommand(named.get(name) ?? ''));
    const place = named.has('file') ? `<span class="place">${value('file')}#L${value('line')}</span>` : '';
    const text = escapeHtml(unescapeCommand(message));
    return `<section class="${level}"><b>${value('title')}</b>${place}<pre>${text}</pre></section>`;
  });
  const heading = `<h3>Annotations</h3><p>${boxes.length} of this step</p>`;
  return page(`<style>${GITHUB_CSS}${ANNOTATION_CSS}</style><main>${heading}${boxes.join('')}</main>`, MEASURE_ONLY);
}

function unescapeCommand(text: string): string {
  const signs: Readonly<Record<string, string>> = { '%0A': '\n', '%0D': '\r', '%3A': ':', '%2C': ',', '%25': '%' };
  return text.replaceAll(/%(?:0A|0D|3A|2C|25)/g, (code) => signs[code] ?? code);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function page(body: string, scripts: string): string {
  const measure =
    'function measure(){document.body.dataset.height=Math.ceil(document.body.firstElementChild.nextElementSibling.getBoundingClientRect().bottom)+16}';
  return `<!doctype html><html lang="en"><meta charset="utf-8"><script>${measure}</script><body>${themed(body)}${scripts}</body></html>`;
}

/** The colours of the style sheets as the other theme has them; text has none of them. */
function themed(body: string): string {
  const isPage = body.includes(GITHUB_CSS);
  const theme = process.env['THEME'];
  const colours = isPage && theme === 'dark' ? DARK_PAGE : !isPage && theme === 'light' ? LIGHT_TERMINAL : {};
  const end = body.indexOf('</style>');
  const css = body.slice(0, end).replaceAll(/#[0-9a-f]{3,8}\b/g, (colour) => colours[colour] ?? colour);
  return `${css}${body.slice(end)}`;
}

const DARK_PAGE: Readonly<Record<string, string>> = {
  '#fff': '#0d1117',
  '#1f2328': '#f0f6fc',
  '#d1d9e0': '#3d444d',
  '#d1d9e0b3': '#3d444db3',
  '#f6f8fa': '#151b23',
  '#59636e': '#9198a1',
  '#818b981f': '#656c7633',
  '#1a7f37': '#3fb950',
  '#cf222e': '#f85149',
  '#9a6700': '#d29922',
  '#8250df': '#ab7df8',
};

const LIGHT_TERMINAL: Readonly<Record<string, string>> = {
  '#0d1117': '#ffffff',
  '#e6edf3': '#1f2328',
  '#8b949e': '#59636e',
  '#ff7b72': '#cf222e',
  '#3fb950': '#116329',
  '#d29922': '#4d2d00',
  '#79c0ff': '#1b7c83',
};

const MEASURE_ONLY = '<script>measure()</script>';

const DRAW = `
for (const code of document.querySelectorAll('code.language-mermaid')) {
  const div = document.createElement('div');
  div.className = 'mermaid';
  div.textContent = code.textContent;
  code.parentElement.replaceWith(div);
}
mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' });
mermaid.run().catch((error) => { document.querySelector('main').append('MERMAID FAILED: ' + error.message); }).finally(measure);
`;

const GITHUB_CSS = `
body{margin:0;background:#fff;color:#1f2328;font:14px/1.5 "Liberation Sans",Helvetica,Arial,sans-serif}
main{padding:16px 24px;max-width:100%}
h2{font-size:1.5em;margin:8px 0 16px;padding-bottom:.3em;border-bottom:1px solid #d1d9e0b3}
h3{font-size:1.25em;margin:24px 0 16px}
p,ul,blockquote,table,pre{margin:0 0 16px}
code{font:85%/1.45 "DejaVu Sans Mono",monospace;background:#818b981f;padding:.2em .4em;border-radius:6px}
pre{background:#f6f8fa;padding:16px;border-radius:6px;overflow:auto;font:85%/1.45 "DejaVu Sans Mono",monospace}
pre code{background:none;padding:0;font-size:100%}
table{border-collapse:collapse;display:block;overflow:auto;width:max-content;max-width:100%}
th,td{padding:6px 13px;border:1px solid #d1d9e0}
tr:nth-child(2n){background:#f6f8fa}
blockquote{padding:0 1em;color:#59636e;border-left:.25em solid #d1d9e0}
blockquote.alert{color:inherit;padding:8px 16px}
blockquote.alert p{margin:0}
blockquote.alert .kind{font-weight:600;margin-bottom:8px}
.tip{border-color:#1a7f37}.tip .kind{color:#1a7f37}
.caution{border-color:#cf222e}.caution .kind{color:#cf222e}
.warning{border-color:#9a6700}.warning .kind{color:#9a6700}
.important{border-color:#8250df}.important .kind{color:#8250df}
h4{margin:24px 0 16px;font-size:1em}
li{margin-top:4px}
sub{font-size:75%}
.mermaid{border:1px solid #d1d9e0;border-radius:6px;padding:8px;margin-bottom:16px;text-align:center}
`;

const ANNOTATION_CSS = `
h3{margin:0 0 4px}
main>p{color:#59636e;margin:0 0 12px}
section{border:1px solid #d1d9e0;border-left-width:4px;border-radius:6px;padding:10px 16px;margin-bottom:8px}
section.error{border-left-color:#cf222e}
section.warning{border-left-color:#9a6700}
section pre{margin:6px 0 0;padding:0;background:none;white-space:pre-wrap;overflow-wrap:anywhere;font-size:12px}
.place{float:right;color:#59636e;font-size:12px}
`;

const TERMINAL_CSS = `
body{margin:0;background:#0d1117}
pre{margin:0;padding:16px 20px;color:#e6edf3;font:13px/1.45 "DejaVu Sans Mono",monospace}
.b{font-weight:bold}.dim{color:#8b949e}.red{color:#ff7b72}.green{color:#3fb950}.yellow{color:#d29922}.cyan{color:#79c0ff}
`;

try {
  const page = join(folder, 'page.html');
  writeFileSync(page, pageOf(resolve(input)));
  const dom = chromium('--dump-dom', `--window-size=${width},600`, pathToFileURL(page).href);
  const height = /data-height="(\d+)"/.exec(dom)?.[1] ?? '1200';
  chromium(`--screenshot=${resolve(output)}`, `--window-size=${width},${height}`, pathToFileURL(page).href);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
