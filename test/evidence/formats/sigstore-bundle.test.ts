import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sigstoreBundle } from '../../../src/evidence/formats/sigstore-bundle.ts';
import type { JsonObject } from '../../../src/oci/strict-json.ts';
import { bundle, envelope, type Json, messageBundle, PREDICATE_TYPE } from '../samples.ts';

/** Recognises the JSON form of `value`, so without what is undefined in it. */
function recognise(value: Json) {
  return sigstoreBundle.recognise(JSON.parse(JSON.stringify(value)) as JsonObject);
}

function artifactTypeOf(mediaType: string): string | undefined {
  const recognition = recognise(bundle({ mediaType }));
  return recognition !== undefined && 'artifactType' in recognition ? recognition.artifactType : undefined;
}

describe('sigstoreBundle', () => {
  const types: readonly (readonly [mediaType: string, artifactType: string])[] = [
    ['application/vnd.dev.sigstore.bundle.v0.3+json', 'application/vnd.dev.sigstore.bundle.v0.3+json'],
    ['application/vnd.dev.sigstore.bundle+json;version=0.3', 'application/vnd.dev.sigstore.bundle.v0.3+json'],
    ['application/vnd.dev.sigstore.bundle+json;version=0.2', 'application/vnd.dev.sigstore.bundle.v0.2+json'],
    ['application/vnd.dev.sigstore.bundle+json;version=0.1', 'application/vnd.dev.sigstore.bundle.v0.1+json'],
    ['application/vnd.dev.sigstore.bundle+json; version=0.1', 'application/vnd.dev.sigstore.bundle.v0.1+json'],
    ['application/vnd.dev.sigstore.bundle.v0.4+json', 'application/vnd.dev.sigstore.bundle.v0.4+json'],
  ];
  for (const [mediaType, artifactType] of types) {
    it(`attaches ${mediaType} as ${artifactType}`, () => {
      assert.equal(artifactTypeOf(mediaType), artifactType);
    });
  }

  const unknownVersions = [
    'application/vnd.dev.sigstore.bundle+json;version=99.9',
    'application/vnd.dev.sigstore.bundle+json',
    'application/vnd.dev.sigstore.bundle.v0.3+json;x=y',
    'application/vnd.dev.sigstore.bundle.v0.3+json\n',
    'application/vnd.dev.sigstore.bundle.vX+json',
  ];
  for (const mediaType of unknownVersions) {
    it(`does not guess the type of ${JSON.stringify(mediaType)}`, () => {
      assert.deepEqual(recognise(bundle({ mediaType })), {
        kind: 'near-miss',
        reason: `its mediaType ${JSON.stringify(mediaType)} is of no known version`,
      });
    });
  }

  it('sets the annotations that cosign sets: content and predicate type', () => {
    const recognition = recognise(bundle());
    assert.deepEqual(recognition !== undefined && 'annotations' in recognition && recognition.annotations, {
      'dev.sigstore.bundle.content': 'dsse-envelope',
      'dev.sigstore.bundle.predicateType': PREDICATE_TYPE,
    });
  });

  it('sets no predicate type where there is no statement to read it from', () => {
    for (const value of [messageBundle(undefined), bundle({ dsseEnvelope: envelope({ payloadType: 'text/plain' }) })]) {
      const recognition = recognise(value);
      const annotations = recognition !== undefined && 'annotations' in recognition ? recognition.annotations : {};
      assert.deepEqual(Object.keys(annotations), ['dev.sigstore.bundle.content']);
    }
  });

  it('asks for exactly one of envelope and message signature', () => {
    const both = bundle({ messageSignature: { signature: 'c2ln' } });
    const none = bundle({ dsseEnvelope: undefined });
    for (const value of [both, none]) {
      const recognition = recognise(value);
      assert.match(recognition !== undefined && 'reason' in recognition ? recognition.reason : '', /exactly one of/);
    }
  });

  it('asks for verification material, and for an envelope that is one', () => {
    const bare = recognise(bundle({ verificationMaterial: undefined }));
    assert.match(bare !== undefined && 'reason' in bare ? bare.reason : '', /no verificationMaterial/);
    const unsigned = recognise(bundle({ dsseEnvelope: envelope({ signatures: [] }) }));
    assert.match(
      unsigned !== undefined && 'reason' in unsigned ? unsigned.reason : '',
      /dsseEnvelope is none: signatures/,
    );
  });

  it('leaves other documents alone', () => {
    assert.equal(recognise({ mediaType: 'application/json' }), undefined);
    assert.equal(recognise({ mediaType: 7 }), undefined);
  });
});
