import type { RuleLevel } from './policy.js';
/** The inputs of the short form, as text; absent and empty are the same. */
export interface ShortFormInputs {
    readonly require?: readonly string[] | undefined;
    readonly requireUnsigned?: readonly string[] | undefined;
    readonly signerWorkflow?: string | undefined;
    readonly signerRepo?: string | undefined;
    readonly sourceRepo?: string | undefined;
    readonly sourceRef?: string | undefined;
    readonly sourceDigest?: string | undefined;
    readonly signerDigest?: string | undefined;
    readonly certificateIdentity?: string | undefined;
    readonly certificateOidcIssuer?: string | undefined;
    readonly key?: string | undefined;
    readonly trustedRoot?: string | undefined;
    readonly refreshTrustedRoot?: boolean | undefined;
    readonly denySelfHostedRunners?: boolean | undefined;
    readonly maxAge?: string | undefined;
    readonly on?: RuleLevel | undefined;
    readonly platforms?: readonly string[] | undefined;
}
/** How a shell speaks of an input: `require`, `--require`. */
export type InputLabel = (name: string) => string;
/** The name of the only trust of a short form. */
export declare const SHORT_TRUST: {
    readonly certificate: 'sigstore';
    readonly key: 'key';
};
/** Where rules come from that no file has. */
export declare const INPUTS: {
    readonly file: 'inputs';
};
