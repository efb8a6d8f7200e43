import type { RegistrySession, Scope } from '../../auth/types.ts';
import type { Warning } from '../../errors/warning.ts';
import type { BufferedResponse, HttpRequest, ResponseHeaders, StreamingResponse } from '../../net/types.ts';
import { parseWarningHeaders } from '../../net/warning-header.ts';

/** An answer is at most this large unless it is a blob: more than any registry sends as a manifest or a page. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** A registry that has more to say than this says something new each time. */
const MAX_WARNINGS = 20;

export interface RegistryConnectionOptions {
  readonly session: RegistrySession;
  readonly repository: string;
  readonly onWarning?: ((warning: Warning) => void) | undefined;
}

/** Requests about one repository: URLs, scopes, and the registry's `Warning` headers. */
export class RegistryConnection {
  readonly repository: string;
  readonly origin: URL;
  readonly #session: RegistrySession;
  readonly #onWarning: ((warning: Warning) => void) | undefined;
  readonly #warned = new Set<string>();

  constructor(options: RegistryConnectionOptions) {
    this.#session = options.session;
    this.repository = options.repository;
    this.origin = options.session.origin;
    this.#onWarning = options.onWarning;
  }

  /** `/v2/<name>/<path>` of this repository. */
  url(path: string): URL {
    return new URL(`/v2/${this.repository}/${path}`, this.origin);
  }

  get pull(): Scope {
    return { repository: this.repository, actions: ['pull'] };
  }

  get push(): Scope {
    return { repository: this.repository, actions: ['pull', 'push'] };
  }

  get remove(): Scope {
    return { repository: this.repository, actions: ['delete'] };
  }

  async request(request: HttpRequest, scope: Scope, maxBytes = MAX_ANSWER_BYTES): Promise<BufferedResponse> {
    const response = await this.#session.request(request, maxBytes, scope);
    this.#reportWarnings(response.headers);
    return response;
  }

  async stream(request: HttpRequest, scope: Scope): Promise<StreamingResponse> {
    const response = await this.#session.stream(request, scope);
    this.#reportWarnings(response.headers);
    return response;
  }

  /** distribution-spec 1.1 "Warnings": shown once each, never acted on. */
  #reportWarnings(headers: ResponseHeaders): void {
    for (const text of parseWarningHeaders(headers.all('warning'))) {
      if (this.#warned.has(text) || this.#warned.size >= MAX_WARNINGS) continue;
      this.#warned.add(text);
      this.#onWarning?.({ code: 'registry-warning', message: text, subject: this.origin.host });
    }
  }
}
