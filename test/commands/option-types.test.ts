import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttachOptions } from '../../src/commands/attach/options.ts';
import type { ListOptions } from '../../src/commands/list/options.ts';
import { camelCase } from '../../src/commands/option-spec.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<Claim extends true>(): Claim | undefined {
  return undefined;
}

test('parsed options have the types that their declarations say', () => {
  holds<Equal<AttachOptions['ifExists'], 'skip' | 'add' | 'replace'>>();
  holds<Equal<AttachOptions['artifactType'], string | undefined>>();
  holds<Equal<AttachOptions['files'], readonly string[]>>();
  holds<Equal<AttachOptions['dryRun'], boolean>>();
  holds<Equal<AttachOptions['timeout'], number>>();
  holds<Equal<AttachOptions['distributionSpec'], 'auto' | 'v1.1-referrers-api' | 'v1.1-referrers-tag'>>();
  holds<Equal<ListOptions['sources'], readonly ('api' | 'tag-schema' | 'in-index' | 'cosign-tags')[]>>();
  holds<Equal<ListOptions['sortAnnotation'], string>>();
  holds<Equal<ListOptions['depth'], number>>();
  assert.equal(camelCase('allow-subject-mismatch'), 'allowSubjectMismatch');
});
