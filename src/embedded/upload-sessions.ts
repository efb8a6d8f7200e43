import { randomUUID } from 'node:crypto';
import type { DigestAlgorithm } from '../oci/digest.ts';
import type { BlobUpload } from '../store/layout/layout-backend.ts';
import type { Repositories } from './repositories.ts';

/** An upload between its POST and its PUT. */
export interface UploadSession {
  readonly id: string;
  readonly repository: string;
  readonly upload: BlobUpload;
  /** A request is writing to it at this moment. */
  busy: boolean;
  /** A chunk was smaller than the minimum: it can only have been the last. */
  hasShortChunk: boolean;
}

/** The open upload sessions of a registry. */
export class UploadSessions {
  readonly #sessions = new Map<string, UploadSession>();
  readonly #repositories: Repositories;

  constructor(repositories: Repositories) {
    this.#repositories = repositories;
  }

  get count(): number {
    return this.#sessions.size;
  }

  async start(repository: string, algorithm?: DigestAlgorithm): Promise<UploadSession> {
    const layout = await this.#repositories.open(repository);
    const upload = await layout.backend.startUpload(algorithm);
    const session: UploadSession = { id: randomUUID(), repository, upload, busy: false, hasShortChunk: false };
    this.#sessions.set(session.id, session);
    return session;
  }

  find(repository: string, id: string): UploadSession | undefined {
    const session = this.#sessions.get(id);
    return session?.repository === repository ? session : undefined;
  }

  /** The session is over: its upload was committed. */
  end(session: UploadSession): void {
    this.#sessions.delete(session.id);
  }

  async cancel(session: UploadSession): Promise<void> {
    this.end(session);
    await session.upload.discard();
  }

  async cancelAll(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => this.cancel(session)));
  }
}
