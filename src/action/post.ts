import { HEAL_STATE } from './heal-state-name.ts';

// The runner gives what a step saved with GITHUB_STATE back to its post step as STATE_<name>. Most steps saved nothing.
const state = process.env[`STATE_${HEAL_STATE}`];
if (state) {
  const { runPost } = await import('./run-post.ts');
  await runPost(state);
}
