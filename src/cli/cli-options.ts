import { defineOptions } from '../commands/option-spec.ts';

/** Flags of the command line alone: they say how to show a run, not what it does. */
export const cliOptions = defineOptions({
  help: { kind: 'boolean', default: false, group: 'output', cliOnly: true, help: 'Show this help.' },
  verbose: {
    kind: 'boolean',
    default: false,
    group: 'output',
    cliOnly: true,
    help: 'Say on stderr what is done, each request included.',
  },
});

/** For commands with a result. */
export const resultOptions = defineOptions({
  format: {
    kind: 'enum',
    values: ['text', 'json'],
    default: 'text',
    group: 'output',
    cliOnly: true,
    help: 'How to print the result: `text` for people, `json` for programs.',
  },
});

/** For commands that log in to a registry. */
export const passwordOptions = defineOptions({
  'registry-password-stdin': {
    kind: 'boolean',
    default: false,
    group: 'credentials',
    cliOnly: true,
    help: 'Read the password that goes with `--registry-username` from stdin, so that no process list shows it.',
    provides: 'registry-password',
    requires: ['registry-username'],
    conflictsWith: ['registry-password'],
  },
});
