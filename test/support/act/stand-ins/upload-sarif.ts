/** In place of github/codeql-action/upload-sarif: keeps the file where the test finds it. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { input } from './inputs.ts';

cpSync(input('sarif_file'), join(process.env['UPLOADED'] ?? '', 'uploaded.sarif'));
