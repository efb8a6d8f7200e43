import { raceToAttach } from '../test/support/attach-race.ts';
import { startDockerRegistry } from '../test/support/docker-registry.ts';

/**
 * Processes that attach to one image of docker-registry at the same moment: `node bench/fallback-races.ts [RUNS]`.
 * What counts is that nothing is lost; the times are those of this machine, where the processes share its cores.
 */
const runs = Number(process.argv[2] ?? 3);

console.log('| processes | lost | failed | seconds | requests a process |\n|---|---|---|---|---|');
for (const writers of [2, 8, 32, 64]) {
  const registry = await startDockerRegistry();
  try {
    for (let run = 0; run < runs; run++) {
      const { lost, failed, milliseconds, requests } = await raceToAttach(registry.host, writers, {
        'if-exists': 'add',
      });
      const each = (requests / writers).toFixed(1);
      console.log(`| ${writers} | ${lost} | ${failed.length} | ${(milliseconds / 1000).toFixed(1)} | ${each} |`);
      for (const why of failed) console.log(`<!-- ${why} -->`);
    }
  } finally {
    await registry.close();
  }
}
