import type { NotationTrust } from '../../../src/evidence/trust.ts';
import type { KeyKind } from './certificates.ts';
import { type ChainOptions, makeNotationChain, type NotationChain } from './notation-chain.ts';

const YEAR = 365 * 24 * 3_600_000;

/** Everybody that has a part in a Notary Project signature. The keys are new in each world. */
export interface NotationWorld {
  /** When it was made; all certificates are valid from a year before to a year after. */
  readonly now: Date;
  /** Signs under `notary.x509`; its leaf is C=US, ST=WA, O=Acme, CN=release. */
  readonly ca: NotationChain;
  /** Signs under `notary.x509.signingAuthority`; its leaf is C=US, ST=WA, O=Acme Signing Authority, CN=release. */
  readonly authority: NotationChain;
  /** Signs timestamps. */
  readonly tsa: NotationChain;
  /** As `ca` with the very same names, and trusted by nobody. */
  readonly stranger: NotationChain;
  /** Trusts the roots of ca, authority and tsa, at level strict; its name is `corp`. */
  readonly trust: NotationTrust;
}

export interface WorldOptions {
  /** Of the signers' leaves; default p-256. */
  readonly key?: KeyKind;
  readonly now?: Date;
  /** Changes to the chain of `ca`. */
  readonly ca?: Partial<ChainOptions>;
  readonly tsa?: Partial<ChainOptions>;
}

export function makeNotationWorld(options: WorldOptions = {}): NotationWorld {
  const now = options.now ?? new Date();
  const common: ChainOptions = {
    key: options.key ?? 'p-256',
    notBefore: new Date(now.getTime() - YEAR),
    notAfter: new Date(now.getTime() + YEAR),
  };
  const ca = makeNotationChain({ ...common, ...options.ca });
  const authority = makeNotationChain({ ...common, organisation: 'Acme Signing Authority' });
  const timestamps: ChainOptions = { ...common, key: 'p-256', purpose: 'timestamp', organisation: 'Acme Time' };
  const tsa = makeNotationChain({ ...timestamps, ...options.tsa });
  const stranger = makeNotationChain(common);
  return { now, ca, authority, tsa, stranger, trust: trustRoots({ ca, authority, tsa }) };
}

function trustRoots({ ca, authority, tsa }: Pick<NotationWorld, 'ca' | 'authority' | 'tsa'>): NotationTrust {
  return {
    kind: 'notation',
    name: 'corp',
    ca: [ca.root.certificate],
    signingAuthority: [authority.root.certificate],
    tsa: [tsa.root.certificate],
    level: 'strict',
  };
}
