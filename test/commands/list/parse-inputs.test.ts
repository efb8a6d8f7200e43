import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFilter } from '../../../src/commands/list/filter-lines.ts';
import { parsePlatformChoice } from '../../../src/commands/list/platform-choice.ts';

describe('parseFilter', () => {
  it('takes types, globs, keys, and values that hold an equals sign', () => {
    assert.deepEqual(
      parseFilter({
        artifactType: ['application/spdx+json', 'application/vnd.*', '*sbom?'],
        filterAnnotation: ['a.b', ' c = d=e ', 'f='],
      }),
      {
        artifactTypes: ['application/spdx+json', 'application/vnd.*', '*sbom?'],
        annotations: [{ key: 'a.b' }, { key: 'c', value: 'd=e' }, { key: 'f', value: '' }],
      },
    );
  });

  for (const line of ['application', 'application/json; version=1', 'a b/c', '/x', '']) {
    it(`refuses the artifact type ${JSON.stringify(line)}`, () => {
      assert.throws(() => parseFilter({ artifactType: [line], filterAnnotation: [] }), {
        code: 'artifact-type-invalid',
      });
    });
  }

  for (const line of ['=v', ' = v', '']) {
    it(`refuses the annotation filter ${JSON.stringify(line)}`, () => {
      assert.throws(() => parseFilter({ artifactType: [], filterAnnotation: [line] }), { code: 'annotation-invalid' });
    });
  }
});

describe('parsePlatformChoice', () => {
  const amd64 = { os: 'linux', architecture: 'amd64' };
  const arm = { os: 'linux', architecture: 'arm', variant: 'v7' };
  const GOODIES: readonly [readonly string[], ReturnType<typeof parsePlatformChoice>][] = [
    [[], { includeIndex: true, platforms: 'all' }],
    [['all'], { includeIndex: true, platforms: 'all' }],
    [['index'], { includeIndex: true, platforms: 'none' }],
    [['linux/amd64', 'linux/arm/v7'], { includeIndex: false, platforms: [amd64, arm] }],
    [['linux/amd64', 'index', 'linux/amd64'], { includeIndex: true, platforms: [amd64] }],
  ];
  for (const [lines, expected] of GOODIES) {
    it(`reads ${JSON.stringify(lines)}`, () => assert.deepEqual(parsePlatformChoice(lines), expected));
  }

  it('refuses all beside anything else', () => {
    assert.throws(() => parsePlatformChoice(['all', 'linux/amd64']), { code: 'input-conflict' });
  });

  it('refuses what is no platform', () => {
    assert.throws(() => parsePlatformChoice(['linux']), { code: 'platform-invalid' });
  });
});
