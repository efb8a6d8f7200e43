/**
 * The library: list, attach and verify OCI referrers on any registry, or in an OCI image layout.
 *
 * Everything that it throws is a CodedError. The commands with their inputs, files and outputs are the CLI's and the
 * Action's, and not exported: they read the environment and the disk.
 */
export { CodedError, type CodedErrorOptions, hasCode, type SourceLocation } from './errors/coded-error.ts';
export type { ErrorCode, ExitCode } from './errors/codes.ts';
export type { Warning, WarningCode } from './errors/warning.ts';
export { type AttachedArtifact, type AttachFile, type AttachRequest, attach } from './library/attach.ts';
export { type OpenRegistry, type OpenRegistryOptions, openRegistry } from './library/open-registry.ts';
export { type VerifyRequest, verify } from './library/verify.ts';
export type { Economy, HttpMethod, Purpose, RequestTrace } from './net/types.ts';
export type { Annotations, Descriptor, Platform } from './oci/descriptor.ts';
export { type Digest, digestOf, isDigest, parseDigest } from './oci/digest.ts';
export type { ImageIndex, ImageManifest, Manifest } from './oci/manifest.ts';
export { type ParsedReference, parseReference, type Reference } from './oci/reference.ts';
export type { EvidenceContent, EvidenceGap, EvidenceItem, EvidenceSource, ImageScope } from './policy/evidence-item.ts';
export type { ShortFormInputs } from './policy/short-form-inputs.ts';
export type { CandidateJudgement, Cell, ImageVerdict, RuleVerdict, Verdict, VerdictNotice } from './policy/verdict.ts';
export type { CapabilityMemory } from './referrers/capability.ts';
export type { ReferrerFilter } from './referrers/filter.ts';
export { type ListReferrersRequest, listReferrers } from './referrers/list-referrers.ts';
export type {
  DistributionSpec,
  Referrer,
  ReferrerSource,
  ReferrersCapability,
  ReferrersTree,
  SubjectNode,
  UnreadSource,
} from './referrers/types.ts';
export { type OpenLayoutOptions, openLayout } from './store/layout/open-layout.ts';
export type { BlobSource, FetchedManifest, ManifestTarget, Store } from './store/store.ts';
