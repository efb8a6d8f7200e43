/** In place of actions/upload-artifact: keeps the folder, or the one file in a folder, where the test finds it. */
import { cpSync, mkdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { input } from './inputs.ts';

const path = input('path');
const folder = join(process.env['UPLOADED'] ?? '', input('name'));
mkdirSync(folder, { recursive: true });
cpSync(path, statSync(path).isFile() ? join(folder, basename(path)) : folder, { recursive: true });
