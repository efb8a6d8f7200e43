/** One signature that is right for one entry of `signed-by`. */
export interface EntryMatch {
  /** Position of the entry in `of`. */
  readonly entry: number;
  /** signerKey() of who signed. */
  readonly signer: string;
  /** Digest of the signature. */
  readonly envelope: string;
}

/** Ways to give shared envelopes to their signers that are tried; honest envelopes are hardly ever shared. */
const MAX_CHOICES = 256;

/**
 * The largest choice in which every entry is met once, by a signer and with an envelope of its own. A first come first
 * served choice would let one signer who fits two entries block the other.
 *
 * An envelope has one signer, as a rule, so that signers which differ have envelopes which differ, and what is left is
 * a matching of entries and signers. Where one signature verifies as two signers (one key, two certificates), it is
 * tried as the one's and as the other's.
 */
export function assignSigners<M extends EntryMatch>(matches: readonly M[]): readonly M[] {
  let best: readonly M[] = [];
  for (const unshared of ownershipChoices(matches)) {
    const found = matchEntries(unshared);
    if (found.length > best.length) best = found;
  }
  return best;
}

/**
 * The matches, with every shared envelope given to one of its signers, in all ways; an envelope that would make too many
 * ways does not count.
 */
function ownershipChoices<M extends EntryMatch>(matches: readonly M[]): (readonly M[])[] {
  const signersOf = new Map<string, Set<string>>();
  for (const { envelope, signer } of matches) {
    signersOf.set(envelope, (signersOf.get(envelope) ?? new Set<string>()).add(signer));
  }
  const shared = [...signersOf].filter(([, signers]) => signers.size > 1);
  let ways = 1;
  const tried = shared.filter(([, { size }]) => {
    const fits = ways * size <= MAX_CHOICES;
    if (fits) ways *= size;
    return fits;
  });
  const unknownOwner = new Set(shared.filter((one) => !tried.includes(one)).map(([envelope]) => envelope));
  let choices: (readonly M[])[] = [matches.filter(({ envelope }) => !unknownOwner.has(envelope))];
  for (const [envelope, signers] of tried) {
    choices = choices.flatMap((choice) =>
      [...signers].map((owner) => choice.filter((one) => one.envelope !== envelope || one.signer === owner)),
    );
  }
  return choices;
}

/** Maximum matching of entries and signers: each entry takes a signer, whose entry moves on to another if it can. */
function matchEntries<M extends EntryMatch>(matches: readonly M[]): readonly M[] {
  const takenBy = new Map<string, M>();
  const place = (entry: number, tried: Set<string>): boolean => {
    for (const match of matches) {
      if (match.entry !== entry || tried.has(match.signer)) continue;
      tried.add(match.signer);
      const holder = takenBy.get(match.signer);
      if (holder === undefined || place(holder.entry, tried)) {
        takenBy.set(match.signer, match);
        return true;
      }
    }
    return false;
  };
  for (const entry of new Set(matches.map((match) => match.entry))) place(entry, new Set());
  return [...takenBy.values()].sort((a, b) => a.entry - b.entry);
}
