/** In place of actions/download-artifact with `pattern: NAME-*` and `merge-multiple`: all files in one folder. */
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { input } from './inputs.ts';

const uploaded = process.env['UPLOADED'] ?? '';
const [start, ...rest] = input('pattern').split('*');
if (start === undefined || rest.join('') !== '' || input('merge-multiple') !== 'true') {
  throw new Error('this stand-in knows `pattern: NAME-*` with `merge-multiple: true` alone');
}
for (const name of readdirSync(uploaded)) {
  if (name.startsWith(start)) cpSync(join(uploaded, name), input('path'), { recursive: true });
}
