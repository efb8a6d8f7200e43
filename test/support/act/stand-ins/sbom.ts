/** In place of anchore/sbom-action: a small SPDX document about the image. */
import { writeFileSync } from 'node:fs';
import { input } from './inputs.ts';

const creationInfo = { created: '2026-11-22T00:00:00Z', creators: ['Tool: stand-in'] };
const name = input('image');
// an SBOM that describes nothing would meet no rule
const packages = [{ name, SPDXID: 'SPDXRef-app', downloadLocation: 'NOASSERTION' }];
const head = { spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', dataLicense: 'CC0-1.0' };
const spdx = { ...head, name, creationInfo, documentNamespace: 'https://example.com/1', packages };
writeFileSync(input('output-file'), JSON.stringify(spdx));
