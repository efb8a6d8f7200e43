/** `npm run bench [start-up] [attach] [list] [upload] [verify] [fleet]`: all of them without a name. */
import { benchAttach } from './attach-side-by-side.ts';
import { benchListMany } from './list-many.ts';
import { benchStartUp } from './start-up.ts';
import { benchUpload } from './upload.ts';
import { benchVerify } from './verify.ts';
import { benchFleet } from './verify-fleet.ts';

const benches: Readonly<Record<string, () => Promise<void>>> = {
  'start-up': benchStartUp,
  attach: benchAttach,
  list: benchListMany,
  upload: benchUpload,
  verify: benchVerify,
  fleet: benchFleet,
};
const names = process.argv.slice(2);
for (const [name, bench] of Object.entries(benches)) {
  if (names.length === 0 || names.includes(name)) await bench();
}
