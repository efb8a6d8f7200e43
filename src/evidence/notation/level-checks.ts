import type { NotationLevel } from '../trust.ts';
import { NotationFault } from './notation-fault.ts';

type Validation = 'authenticity' | 'authentic timestamp' | 'expiry';

/**
 * trust-store-trust-policy.md "Signature Verification details": what each level enforces; what it does not, it reports.
 * Integrity is always enforced, and `skip` never gets here.
 */
const ENFORCED: Readonly<Record<Exclude<NotationLevel, 'skip'>, readonly Validation[]>> = {
  strict: ['authenticity', 'authentic timestamp', 'expiry'],
  permissive: ['authenticity'],
  audit: [],
};

/** Runs the validations of one signature, and keeps what its level lets through. */
export class LevelChecks {
  readonly notes: string[] = [];
  readonly #level: Exclude<NotationLevel, 'skip'>;

  constructor(level: Exclude<NotationLevel, 'skip'>) {
    this.#level = level;
  }

  /** What the check gives; undefined: it failed and the level lets that through, with a note. Else its fault is thrown. */
  run<Result>(validation: Validation, check: () => Result): Result | undefined {
    try {
      return check();
    } catch (thrown) {
      if (!(thrown instanceof NotationFault) || ENFORCED[this.#level].includes(validation)) throw thrown;
      this.notes.push(`${validation}: not given, let through by level ${this.#level}: ${thrown.message}`);
      return undefined;
    }
  }

  /** Nothing here asks a revocation service: levels that enforce it cannot have it, and say so. */
  noteRevocation(): void {
    const asked = this.#level === 'strict' ? ', though level strict asks for it: no OCSP or CRL service is asked' : '';
    this.notes.push(`revocation: not checked${asked}`);
  }
}
