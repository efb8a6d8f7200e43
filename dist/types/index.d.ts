/**
 * The library: list, attach and verify OCI referrers on any registry, or in an OCI image layout.
 *
 * Everything that it throws is a CodedError. The commands with their inputs, files and outputs are the CLI's and the
 * Action's, and not exported: they read the environment and the disk.
 */
export { CodedError, type CodedErrorOptions, hasCode, type SourceLocation } from './errors/coded-error.js';
export type { ErrorCode, ExitCode } from './errors/codes.js';
export type { Warning, WarningCode } from './errors/warning.js';
export { type AttachedArtifact, type AttachFile, type AttachRequest, attach } from './library/attach.js';
export { type OpenRegistry, type OpenRegistryOptions, openRegistry } from './library/open-registry.js';
export { type VerifyRequest, verify } from './library/verify.js';
export type { Economy, HttpMethod, Purpose, RequestTrace } from './net/types.js';
export type { Annotations, Descriptor, Platform } from './oci/descriptor.js';
export { type Digest, digestOf, isDigest, parseDigest } from './oci/digest.js';
export type { ImageIndex, ImageManifest, Manifest } from './oci/manifest.js';
export { type ParsedReference, parseReference, type Reference } from './oci/reference.js';
export type { EvidenceContent, EvidenceGap, EvidenceItem, EvidenceSource, ImageScope } from './policy/evidence-item.js';
export type { ShortFormInputs } from './policy/short-form-inputs.js';
export type { CandidateJudgement, Cell, ImageVerdict, RuleVerdict, Verdict, VerdictNotice } from './policy/verdict.js';
export type { CapabilityMemory } from './referrers/capability.js';
export type { ReferrerFilter } from './referrers/filter.js';
export { type ListReferrersRequest, listReferrers } from './referrers/list-referrers.js';
export type { DistributionSpec, Referrer, ReferrerSource, ReferrersCapability, ReferrersTree, SubjectNode, UnreadSource, } from './referrers/types.js';
export { type OpenLayoutOptions, openLayout } from './store/layout/open-layout.js';
export type { BlobSource, FetchedManifest, ManifestTarget, Store } from './store/store.js';
