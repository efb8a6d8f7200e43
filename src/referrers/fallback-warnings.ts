import type { Warning } from '../errors/warning.ts';
import type { Digest } from '../oci/digest.ts';

/** `name`: the list, as `fallbackName` gives it. */
export function droppedWarning(name: string, digest: Digest): Warning {
  return {
    code: 'fallback-entry-dropped',
    message: `${name} listed ${digest}, which the registry no longer holds and for which it refused the list; the entry was dropped`,
    subject: digest,
  };
}

export function restoredWarning(name: string, subject: Digest, count: number): Warning {
  return {
    code: 'fallback-entry-restored',
    message: `another writer overwrote ${name}; ${count} lost ${count === 1 ? 'entry was' : 'entries were'} put back`,
    subject,
  };
}

export function slowWriteWarning(name: string, subject: Digest, milliseconds: number): Warning {
  return {
    code: 'fallback-slow-write',
    message: `${Math.round(milliseconds)} ms passed between reading and writing ${name}, longer than others wait: an entry of theirs may have been lost if they wrote meanwhile`,
    subject,
  };
}
