import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { startProxy } from '../../../support/loopback-proxy.ts';
import { PROJECT_ROOT } from '../../../support/runner-harness.ts';
import { startSigning } from '../../../support/signing.ts';

const PEM = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ format: 'pem', type: 'pkcs8' })
  .toString();

describe('the services of signing, behind a proxy', () => {
  it('are asked through the proxy of the environment; what NO_PROXY names is not', async (t) => {
    const stage = await startSigning(t);
    const proxy = await startProxy(t, { upstream: Number(new URL(stage.world.services.tsa.url).port) });
    const config = {
      mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
      tsaUrls: [{ url: 'http://timestamp.test', majorApiVersion: 1 }],
    };
    await stage.workspace.write('signing_config.json', JSON.stringify(config));
    // a process of its own: the client of @sigstore/sign reads the environment when it is loaded
    const args = [
      'attach',
      stage.reference,
      'sbom.spdx.json',
      '--sign',
      'key',
      '--signing-config',
      'signing_config.json',
    ];
    const run = async (noProxy: string): Promise<string> => {
      const env = {
        PATH: process.env['PATH'],
        OCI_REFERRERS_SIGNING_KEY: PEM,
        HTTP_PROXY: proxy.url.href,
        NO_PROXY: noProxy,
      };
      const main = join(PROJECT_ROOT, 'src/cli/main.ts');
      const options = { cwd: stage.workspace.path, env };
      return (await promisify(execFile)(process.execPath, [main, ...args, '--retries', '0'], options)).stdout;
    };
    assert.match(await run('127.0.0.1'), /2 artifacts: 2 attached/);
    assert.deepEqual(proxy.asked, ['POST http://timestamp.test/api/v1/timestamp']);
    assert.equal(stage.world.services.tsa.requests.length, 1);
    await stage.workspace.write('sbom.spdx.json', '{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT"}');
    await assert.rejects(
      run('127.0.0.1,timestamp.test'),
      /sign-failed.*http:\/\/timestamp\.test.*(?:ENOTFOUND|EAI_AGAIN)/s,
    );
    assert.equal(proxy.asked.length, 1);
  });
});
