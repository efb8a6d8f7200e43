import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { judgeResults } from '../../../scripts/conformance/judge-results.ts';
import { runSuite } from '../../../scripts/conformance/run-suite.ts';
import { NO_SCRIPTS } from '../../support/system.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const section = (name: string, count: number, status = 'Pass'): string =>
  `${name}:\n${Array.from({ length: count }, (_, i) => `  ${name} ${i}: ${status}\n`).join('')}`;

describe('judgeResults', () => {
  it('is content with a whole run in which everything passed', () => {
    const { results, problems } = judgeResults(section('apis', 28) + section('data', 20));
    assert.deepEqual(problems, []);
    assert.equal(results.length, 48);
  });

  for (const status of ['FAIL', 'Error', 'Skip', 'Disabled', 'Unknown', 'null']) {
    it(`counts ${status} against the registry`, () => {
      const { problems } = judgeResults(`${section('apis', 28)}  Blob mount: ${status}\n${section('data', 20)}`);
      assert.deepEqual(problems, [`api Blob mount: ${status}`]);
    });
  }

  for (const yaml of ['', 'apis:', '[]', 'config: {}', section('apis', 3) + section('data', 3)]) {
    it(`does not take ${JSON.stringify(yaml.slice(0, 20))} for a run`, () => {
      assert.equal(judgeResults(yaml).problems.length, 2);
    });
  }
});

describe('runSuite', { skip: NO_SCRIPTS }, () => {
  const fake = async (dir: string, script: string): Promise<string> => {
    const path = join(dir, 'suite');
    await writeFile(path, `#!/bin/sh\nexec ${process.execPath} --input-type=module -e '${script}'\n`);
    await chmod(path, 0o755);
    return path;
  };

  it('gives the suite a live registry and every switch, and reads its results whatever its exit code', async () => {
    await using dir = await makeTempDir();
    const path = await fake(
      dir.path,
      `import { writeFileSync } from "node:fs";
       const { OCI_REGISTRY, OCI_RESULTS_DIR, OCI_VERSION, OCI_TLS, OCI_DATA_SPARSE, OCI_DATA_SHA512 } = process.env;
       const { status } = await fetch("http://" + OCI_REGISTRY + "/v2/");
       const said = [OCI_VERSION, OCI_TLS, OCI_DATA_SPARSE, OCI_DATA_SHA512, status].join(" ");
       writeFileSync(OCI_RESULTS_DIR + "/results.yaml", "apis: { seen: \\"" + said + "\\" }");
       process.exit(1);`,
    );
    const run = await runSuite(path, 'dev');
    assert.deepEqual(run.results, [{ group: 'api', name: 'seen', status: 'dev disabled true true 200' }]);
  });

  it('finds fault with a suite that exits 0 and leaves no results', async () => {
    await using dir = await makeTempDir();
    const run = await runSuite(await fake(dir.path, 'console.error("failed to load config")'), 'stable');
    assert.equal(run.problems.length, 2);
    assert.match(run.output, /failed to load config/);
  });
});
