import { join } from 'node:path';
import { type Act, ARTIFACT_TYPE, type Contender, FILE_TYPE, type Order, PREDICATE } from '../contender.ts';

/** Inputs of the Action besides image and credentials. */
type Inputs = Readonly<Record<string, string>>;

const ATTACH = (order: Order): Inputs => ({
  files: `${order.file}:${FILE_TYPE}`,
  'artifact-type': ARTIFACT_TYPE,
});
const BARE_LIST: Inputs = { verify: 'false', sources: 'api\ntag-schema' };

const DEFAULTS: Readonly<Record<Act, (order: Order) => Inputs>> = {
  attach: ATTACH,
  upload: ATTACH,
  'attach-platforms': (order) => ({ ...ATTACH(order), platforms: 'all' }),
  sign: (order) => ({
    files: `${order.file}:${FILE_TYPE}`,
    sign: 'key',
    'signing-key-file': 'key.pem',
    'predicate-type': PREDICATE,
  }),
  list: () => ({}),
  'list-deep': () => ({ depth: 'all' }),
  'list-many': () => ({}),
  verify: () => ({ require: PREDICATE, key: 'cosign.pub' }),
};

/** What the peers do not do is switched off: the look before, the proof, the other places. */
const BARE: Readonly<Partial<Record<Act, Inputs>>> = {
  attach: { 'if-exists': 'add' },
  upload: { 'if-exists': 'add' },
  'attach-platforms': { 'if-exists': 'add' },
  list: BARE_LIST,
  'list-deep': BARE_LIST,
  'list-many': BARE_LIST,
};

/** The Action as the runner starts it, with its defaults: `main`, from the folder of built files. */
export function ourAction(dist: string): Contender {
  return { name: 'ours, Action', beside: 'action', job: (order) => run(dist, order, {}) };
}

/** The Action with inputs that make it do what the peers do, and no more. */
export function ourBareAction(dist: string): Contender {
  return {
    name: 'ours, Action, no more than the peers do',
    beside: 'action',
    job: (order) => {
      const inputs = BARE[order.act];
      return inputs === undefined ? { cannot: 'the defaults already are' } : run(dist, order, inputs);
    },
  };
}

/** The built library in a process that has done it before, with the defaults. */
export const OUR_LIBRARY: Contender = {
  name: 'ours, warm library',
  beside: 'library',
  job: ({ act }) => (act === 'sign' ? { cannot: 'the library does not sign' } : { warm: 'ours' }),
};

function run(dist: string, order: Order, more: Inputs) {
  const script = join(dist, `${scriptOf(order.act)}.js`);
  const { folder, user } = order;
  const inputs: Inputs = {
    image: `${order.name}${order.reference}`,
    ...(user !== undefined && { 'registry-username': user.name, 'registry-password': user.password }),
    ...DEFAULTS[order.act](order),
    ...more,
  };
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: folder,
    GITHUB_OUTPUT: join(folder, 'output'),
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    GITHUB_STATE: join(folder, 'state'),
    RUNNER_TEMP: join(folder, 'temp'),
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
  };
  return { commands: [{ path: process.execPath, args: [script], env }] };
}

function scriptOf(act: Act): string {
  if (act === 'verify') return 'verify';
  return act.startsWith('list') ? 'list' : 'attach';
}
