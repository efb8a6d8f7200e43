import { it } from 'node:test';
import { checkDataKind } from '../support/check-data-kind.ts';
import { DATA_KINDS } from '../support/data-kinds.ts';
import { describeEachBackend } from './each-backend.ts';

describeEachBackend('content of every kind that the specification knows', {}, (registry) => {
  for (const kind of DATA_KINDS) {
    it(`is pushed, listed, pulled and deleted: ${kind.name}`, () =>
      checkDataKind(`${registry().url}/v2/kinds/${kind.name.replaceAll(/\W+/g, '-')}`, kind.make()));
  }
});
