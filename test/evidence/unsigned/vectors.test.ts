import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openUnsigned } from '../../../src/evidence/unsigned/open-unsigned.ts';

/** Real SBOMs from elsewhere: set VECTORS_DIR to the folder that holds them. */
const DIR = process.env['VECTORS_DIR'] ?? '';
const skip = DIR === '' ? 'VECTORS_DIR is not set' : false;

const FILES: readonly (readonly [name: string, type: string, describesNothing: boolean])[] = [
  ['attest-spdx-sbom.json', 'application/spdx+json', false],
  ['attest-cyclonedx-sbom.json', 'application/vnd.cyclonedx+json', false],
  ['bom-go-mod.spdx', 'text/spdx', false],
  // these two have every field that their formats ask for, and not one package
  ['bom-go-mod.spdx.json', 'application/spdx+json', true],
  ['bom-go-mod.cyclonedx.json', 'application/vnd.cyclonedx+json', true],
];

function malformed(bytes: Uint8Array, type: string): string | undefined {
  return openUnsigned({ bytes, mediaType: type, annotations: {}, what: 'layer' }, type).malformed;
}

describe('real SBOMs', { skip }, () => {
  for (const [name, type, describesNothing] of FILES) {
    it(`${describesNothing ? 'recognises, and does not count,' : 'counts'} ${name}`, () => {
      const bytes = readFileSync(join(DIR, 'sbom', name));
      const opened = openUnsigned({ bytes, mediaType: type, annotations: {}, what: name }, type);
      assert.equal(opened.contentType, type);
      if (describesNothing) assert.match(opened.malformed ?? 'counted', /^it describes nothing/);
      else assert.equal(opened.malformed, undefined);
    });

    if (!name.endsWith('.json')) continue;
    it(`does not count ${name} cut off at any sixteenth`, () => {
      const bytes = readFileSync(join(DIR, 'sbom', name));
      for (let part = 0; part < 16; part++) {
        const why = malformed(bytes.subarray(0, Math.floor((bytes.length * part) / 16)), type);
        assert.match(
          why ?? 'counted',
          part === 0 ? /^it is empty$/ : /^it is declared as .*, but it (?:looks|begins) like /,
          `${part}/16`,
        );
      }
    });
  }
});
