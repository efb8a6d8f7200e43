import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OCI_IMAGE_CONFIG, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { parsePlatform } from '../../src/oci/platform.ts';
import { startAttestedAndNot } from '../support/attested-and-not.ts';
import { cellsOf } from '../support/judging.ts';
import { AMD64, ARM64 } from '../support/nested-image.ts';
import { pushSampleBlob } from '../support/sample-image.ts';

describe('a platform that runtimes take for the one that a rule names', () => {
  const ROWS: readonly [wanted: string, platforms: readonly object[]][] = [
    [
      'linux/amd64',
      [
        { os: 'linux', architecture: 'x86_64' },
        { os: 'linux', architecture: 'x86-64' },
        { os: 'linux', architecture: 'AMD64' },
        { os: 'Linux', architecture: 'amd64' },
        { os: 'LİNUX', architecture: 'amd64' },
        { os: 'linux', architecture: 'amd64', variant: 'v2' },
        { architecture: 'amd64' },
        { os: '', architecture: 'amd64' },
        { os: 'linux', architecture: '' },
        { os: 'linux' },
      ],
    ],
    ['linux/x86_64', [{ os: 'linux', architecture: 'amd64' }]],
    [
      'linux/arm/v7',
      [
        { os: 'linux', architecture: 'arm' },
        { os: 'linux', architecture: 'armhf' },
        { os: 'linux', architecture: 'arm', variant: '7' },
        { os: 'linux', architecture: 'arm', variant: 'V7' },
      ],
    ],
    ['linux/arm/v6', [{ os: 'linux', architecture: 'armel' }]],
    [
      'linux/arm64/v8',
      [
        { os: 'linux', architecture: 'aarch64' },
        { os: 'linux', architecture: 'arm64', variant: '8' },
      ],
    ],
    ['linux/386', [{ os: 'linux', architecture: 'i386' }]],
  ];
  for (const [wanted, platforms] of ROWS) {
    it(`is asked under ${wanted}, however it is spelt, beside one that has what is asked`, async (t) => {
      const { good, evil, verdictOf } = await startAttestedAndNot(t);
      const named = parsePlatform(wanted);
      const rule = { platforms: [named], on: 'each-platform' } as const;
      for (const platform of platforms) {
        const manifests = [
          { ...evil, platform },
          { ...good, platform: named },
        ];
        const verdict = await verdictOf({ schemaVersion: 2, manifests }, rule);
        const states = cellsOf(verdict).map((cell) => cell.split(': ')[1]);
        const said = [JSON.stringify(platform), verdict.verdict, ...states];
        assert.deepEqual(said, [JSON.stringify(platform), 'fail', 'not-applicable', 'fail', 'pass']);
      }
    });
  }

  it('is not asked where it is another, and is shown as the index has it', async (t) => {
    const { good, evil, verdictOf } = await startAttestedAndNot(t);
    const manifests = [
      { ...evil, platform: { os: 'linux', architecture: 'i386' } },
      { ...good, platform: { os: 'Linux', architecture: 'x86_64' } },
    ];
    const verdict = await verdictOf({ schemaVersion: 2, manifests }, { platforms: [AMD64] });
    assert.deepEqual([verdict.verdict, cellsOf(verdict)], ['pass', ['index: not-applicable', 'Linux/x86_64: pass']]);
  });

  it('is what a config says of an image without an index', async (t) => {
    const { target, verdictOf } = await startAttestedAndNot(t);
    const text = '{"os":"linux","architecture":"x86_64"}';
    const config = await pushSampleBlob(target, Buffer.from(text), OCI_IMAGE_CONFIG);
    const image = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [] };
    const asked = await verdictOf(image, { platforms: [AMD64] });
    const other = await verdictOf(image, { platforms: [ARM64] });
    assert.deepEqual([cellsOf(asked)[0], cellsOf(other)[0]], ['image: fail', 'image: not-applicable']);
  });
});
