import { toCodedError } from '../errors/coded-error.ts';
import type { Digest } from '../oci/digest.ts';
import { plainDescriptorOf } from '../oci/manifest.ts';
import type { EvidenceItem } from '../policy/evidence-item.ts';
import type { ListSettings } from '../referrers/list-settings.ts';
import { type Examination, examineCandidate } from './examine-candidate.ts';
import { type EvidenceSubject, gatherCandidates, gatherDeferred } from './gather-candidates.ts';
import { inParallel } from './in-parallel.ts';
import { Inquiry, MAX_CANDIDATES } from './inquiry.ts';

/** Referrers of evidence, all of them together, that are looked for; each is a list of its own. */
const MAX_VOUCHED = 200;
/** What is listed for all of them together and read: shared out, so that one that is flooded hides no other's. */
const MAX_VOUCHERS = 2000;
const PARALLEL = 32;
const VOUCHED_HINT =
  'Delete referrers that nobody needs (`list` shows them), or let a signed statement of the image itself stand for each: those need no signature on them.';

/** The signatures on evidence itself, by the digest of the artifact that they are on. */
export class Vouchers {
  readonly #settings: ListSettings;
  readonly #examination: Examination;
  readonly #byReferrer = new Map<Digest, Inquiry>();

  constructor(settings: ListSettings, examination: Examination) {
    this.#settings = settings;
    this.#examination = examination;
  }

  /** Looks for signatures on the artifacts of `items`, where nobody has looked yet. */
  async lookFor(items: readonly EvidenceItem[]): Promise<void> {
    const digests = [...new Set(items.flatMap(({ referrer }) => referrer ?? []))].filter(
      (digest) => !this.#byReferrer.has(digest),
    );
    if (digests.length === 0) return;
    const room = Math.max(0, MAX_VOUCHED - this.#byReferrer.size);
    for (const digest of digests) this.#byReferrer.set(digest, new Inquiry());
    for (const digest of digests.slice(room)) {
      const reason = `signatures on more than ${MAX_VOUCHED} artifacts would be looked for`;
      this.#cannotLook(digest, { code: 'page-limit', message: reason, hint: VOUCHED_HINT });
    }
    const subjects = await Promise.all(digests.slice(0, room).map((digest) => this.#subjectOf(digest)));
    const gathered = await gatherCandidates(subjects.flat(), this.#settings);
    for (const digest of digests) {
      this.#byReferrer.get(digest)?.add({
        found: gathered.found.filter(({ subject }) => subject.digest === digest),
        gaps: gathered.gaps.filter(({ subject }) => subject === digest),
        deferred: gathered.deferred.filter(({ subject }) => subject.digest === digest),
      });
    }
    await this.#examineWaiting();
  }

  /** Asks for the tags that no list of tags showed, for all that was looked for. */
  async lookFurther(): Promise<void> {
    await Promise.all(
      [...this.#byReferrer.values()].map(async (inquiry) => {
        const deferred = inquiry.takeDeferred(() => true);
        inquiry.add(await gatherDeferred(deferred, this.#settings));
      }),
    );
    await this.#examineWaiting();
  }

  /** The item with what was found on its artifact; as it is where nobody looked. */
  addTo(item: EvidenceItem): EvidenceItem {
    const inquiry = item.referrer === undefined ? undefined : this.#byReferrer.get(item.referrer);
    return inquiry === undefined ? item : { ...item, vouchers: { items: inquiry.items, gaps: inquiry.gaps } };
  }

  async #subjectOf(digest: Digest): Promise<EvidenceSubject[]> {
    const { store, signal } = this.#examination;
    try {
      // it was read a moment ago: the store remembers it
      const fetched = await store.findManifest(digest, { purpose: 'proof', signal });
      if (fetched !== undefined) return [{ digest, level: 2, descriptor: plainDescriptorOf(fetched.manifest) }];
      const message = `${digest} was there a moment ago, and is not any more`;
      this.#cannotLook(digest, { code: 'manifest-unknown', message });
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      this.#cannotLook(digest, toCodedError(thrown));
    }
    return [];
  }

  #cannotLook(
    subject: Digest,
    { code, message, hint }: { readonly code: string; readonly message: string; readonly hint?: string | undefined },
  ): void {
    this.#byReferrer.get(subject)?.gaps.push({ subject, source: 'api', code, reason: message, hint });
  }

  async #examineWaiting(): Promise<void> {
    const looked = Math.min(MAX_VOUCHED, this.#byReferrer.size);
    const bound = Math.min(MAX_CANDIDATES, Math.floor(MAX_VOUCHERS / looked));
    const waiting = [...this.#byReferrer.values()].flatMap((inquiry) =>
      inquiry.take(() => true, bound).map((found) => ({ inquiry, found })),
    );
    await inParallel(waiting, PARALLEL, async ({ inquiry, found }) => {
      inquiry.items.push(...(await examineCandidate(found, this.#examination)));
    });
  }
}
