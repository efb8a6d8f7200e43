import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decideOutcome, type OutcomeFacts } from '../../../src/commands/list/outcome.ts';
import type { ListedImage } from '../../../src/commands/list/result.ts';
import { CodedError } from '../../../src/errors/coded-error.ts';
import type { ErrorCode } from '../../../src/errors/codes.ts';
import type { ReferrerSource } from '../../../src/referrers/types.ts';
import { nestedTree, SAMPLE_INDEX, sampleTree } from '../../support/sample-tree.ts';

function listed(...unread: ReferrerSource[]): ListedImage {
  const failures = unread.map((source) => ({
    source,
    subject: SAMPLE_INDEX,
    code: 'server-error',
    reason: 'HTTP 500',
  }));
  return { requested: 'r', tree: sampleTree([], {}, { unread: failures, complete: unread.length === 0 }) };
}

function failed(code: ErrorCode): ListedImage {
  return { requested: 'r', error: new CodedError(code, 'it failed') };
}

function facts(
  images: readonly ListedImage[],
  count = 0,
  minCount = 0,
  later: readonly CodedError[] = [],
): OutcomeFacts {
  return { images, proved: count, later, options: { minCount, artifactType: [], filterAnnotation: [] } };
}

const tie = new CodedError('latest-ambiguous', 'tie');

describe('decideOutcome', () => {
  const ROWS: readonly [title: string, facts: OutcomeFacts, code: ErrorCode | undefined, exit: number][] = [
    ['ends well with nothing found and nothing asked for', facts([listed()]), undefined, 0],
    ['ends well when as many are found as asked for', facts([listed()], 2, 2), undefined, 0],
    ['ends with 1 when fewer are found', facts([listed()], 1, 2), 'min-count-not-met', 1],
    ['ends with 3 when the API was unread', facts([listed('api')]), 'list-incomplete', 3],
    [
      'ends with 3 when the tag was unread, though enough are found',
      facts([listed('tag-schema')], 2, 1),
      'list-incomplete',
      3,
    ],
    ['says incomplete, not too few, when the API was unread', facts([listed('api')], 0, 1), 'list-incomplete', 3],
    ['ends well when only cosign tags were unread', facts([listed('cosign-tags')]), undefined, 0],
    ['ends well when only the index was unread and enough are found', facts([listed('in-index')], 1, 1), undefined, 0],
    [
      'says incomplete when too few are found and cosign tags were unread',
      facts([listed('cosign-tags')], 0, 1),
      'list-incomplete',
      3,
    ],
    ["ends with an image's own error", facts([listed(), failed('manifest-unknown')], 5), 'manifest-unknown', 1],
    ['puts an image that failed before too few rows', facts([failed('manifest-unknown')], 0, 1), 'manifest-unknown', 1],
    [
      'puts could-not-look before a refusal',
      facts([failed('manifest-unknown'), failed('network-timeout')]),
      'network-timeout',
      3,
    ],
    ['puts an incomplete list before a refusal', facts([failed('denied'), listed('api')]), 'list-incomplete', 3],
    ['ends with a tie', facts([listed()], 2, 0, [tie]), 'latest-ambiguous', 1],
    ['puts a tie before too few rows', facts([listed()], 2, 3, [tie]), 'latest-ambiguous', 1],
    ['puts an incomplete list before a tie', facts([listed('api')], 2, 0, [tie]), 'list-incomplete', 3],
  ];
  for (const [title, given, code, exit] of ROWS) {
    it(title, () => {
      const error = decideOutcome(given);
      assert.equal(error?.code, code);
      assert.equal(error?.exitCode ?? 0, exit);
    });
  }

  it('names the source, the subject and the reason of an incomplete list, and counts the rest', () => {
    const error = decideOutcome(facts([listed('api', 'tag-schema')]));
    assert.equal(
      error?.message,
      `not every referrer could be looked for: api of ghcr.io/acme/app@${SAMPLE_INDEX}: server-error: HTTP 500; and 1 more`,
    );
  });

  it('names an index inside the index that could not be read, whatever was asked for: its platforms are not in the list', () => {
    const nested = nestedTree(sampleTree([], { 'linux/arm64': [] }), []);
    const unreadable = { code: 'server-error', reason: 'HTTP 500' };
    const child = { ...(nested.root.children[0] ?? nested.root), unreadable, children: [] };
    const image = { requested: 'r', tree: { ...nested, root: { ...nested.root, children: [child] }, complete: false } };
    const error = decideOutcome(facts([image], 1));
    assert.equal(error?.code, 'list-incomplete');
    assert.match(error.message, /looked for: the platforms in ghcr\.io\/acme\/app@sha256:\w+: server-error: HTTP 500$/);
    const platform = { ...child, isNestedIndex: false };
    const other = { ...image, tree: { ...image.tree, root: { ...nested.root, children: [platform] } } };
    assert.equal(decideOutcome(facts([other], 1)), undefined);
  });

  it('says what was asked for when too few are found', () => {
    const options = { minCount: 2, artifactType: ['application/spdx+json'], filterAnnotation: ['a=b'] };
    assert.equal(
      decideOutcome({ images: [listed()], proved: 1, later: [], options })?.message,
      'found 1 matching referrer (artifact-type application/spdx+json; filter-annotation a=b), min-count is 2',
    );
  });
});
