import type { Warning } from '../errors/warning.js';
import type { Economy, RequestTrace } from '../net/types.js';
import type { CapabilityMemory } from '../referrers/capability.js';
import type { Store } from '../store/store.js';
/** How to reach registries, and as whom. Every option has a default. */
export interface OpenRegistryOptions {
    /**
     * For the registry of the first `repository()` and for no other; needs `password`. Others, and all registries without
     * it, get what docker's and podman's files say (see `env`).
     */
    readonly username?: string;
    readonly password?: string;
    /** Used for ghcr.io when nothing else is configured for it. */
    readonly githubToken?: string;
    /** Unset: true on loopback addresses, false elsewhere. */
    readonly plainHttp?: boolean;
    /** No TLS verification, default false. */
    readonly insecure?: boolean;
    /** A file of PEM certificates to trust besides the built-in ones. */
    readonly caFile?: string;
    /** Requests at a time to one registry, default 8. */
    readonly concurrency?: number;
    /** Attempts after the first, default 5. */
    readonly retries?: number;
    /** Seconds that one request may stay without an answer, default 60. */
    readonly timeout?: number;
    /** Where proxies and credential files are looked up (HTTPS_PROXY, DOCKER_CONFIG, ...), default `process.env`. */
    readonly env?: Readonly<Record<string, string | undefined>>;
    /** Ends every request. */
    readonly signal?: AbortSignal;
    readonly onWarning?: (warning: Warning) => void;
    /** Called after each request, its URL redacted. */
    readonly onTrace?: (trace: RequestTrace) => void;
}
/** Registries over one HTTP client and one set of credentials. Must be closed: it keeps connections alive. */
export interface OpenRegistry {
    /** A repository, by a name such as `ghcr.io/acme/app`; a tag or digest in it is ignored. Throws `reference-invalid`. */
    repository(name: string): Promise<Store>;
    /** What is known of which repository has the referrers API; give it to `listReferrers` and `attach`. */
    readonly capabilities: CapabilityMemory;
    /** What the requests so far cost. */
    readonly economy: Economy;
    close(): Promise<void>;
}
/** Opens a door to registries. Sends nothing yet. Throws `ca-file-invalid`, `input-invalid`, `input-conflict`. */
export declare function openRegistry(options?: OpenRegistryOptions): Promise<OpenRegistry>;
