/** The embedded registry as a process of its own: `api` or `tag`, then `token` or nothing; for ground.ts. */
import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { USER } from './ground.ts';

const [, , kind, auth] = process.argv;
const registry = await startEmbeddedRegistry({
  quirks: { referrersApi: kind === 'api' },
  ...(auth === 'token' && { auth: { kind: 'bearer', users: { [USER.name]: { password: USER.password } } } }),
});
process.send?.({ host: registry.host });
