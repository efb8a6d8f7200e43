import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { describeScope } from '../../src/gate/describe-scope.ts';
import { parseManifest } from '../../src/oci/manifest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import type { Presence } from '../../src/referrers/check-presence.ts';
import { absentDescriptor } from '../support/sample-image.ts';

const child = absentDescriptor('child');
const index = parseManifest(
  Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [child] })),
  {
    what: 'the index',
  },
);
const CHILD = JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config: child, layers: [] });
const manifest = parseManifest(Buffer.from(CHILD), { what: 'the child' });

type Found = Parameters<Presence['forEach']>[0] extends (value: infer V, ...rest: never[]) => void ? V : never;

describe('a platform of the image', () => {
  const cases: readonly (readonly [string, Found | undefined, string, string | undefined])[] = [
    ['that was read', { manifest }, 'present', undefined],
    ['that the registry lacks', 'missing', 'missing', undefined],
    ['that could not be read', new CodedError('server-error', 'status 503'), 'unread', 'status 503'],
    ['for which nobody looked', undefined, 'unread', 'nobody looked'],
  ];
  for (const [title, found, presence, reason] of cases) {
    it(`${title} is ${presence}`, () => {
      const scope = describeScope({
        requested: 'registry.example/app:1',
        repository: 'registry.example/app',
        manifest: index,
        platform: undefined,
        platforms: [
          { descriptor: child, platform: undefined, kind: 'platform', children: [], within: [], siblings: [] },
        ],
        presence: new Map(found === undefined ? [] : [[child.digest, found]]),
      });
      const [platform, ...others] = scope.platforms;
      assert.deepEqual([platform?.presence, platform?.reason, others], [presence, reason, []]);
    });
  }
});
