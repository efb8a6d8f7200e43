/** An empty registry as a process of its own, so that its CPU time is not counted; says where it is. */
import { startEmbeddedRegistry } from '../src/embedded/embedded-registry.ts';

const registry = await startEmbeddedRegistry();
process.send?.({ host: registry.host });
