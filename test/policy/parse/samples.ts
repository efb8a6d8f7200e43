/** The parts that most policies of the tests share. */
export const TRUST = `trust:
  sigstore: { root: public-good }
  key: { key: keys/cosign.pub }
  corp: { notation: { ca: certs/ca.pem } }`;

export const KEY_TRUST = 'trust: { key: { key: keys/cosign.pub } }';
export const SIGNER = '{ trust: sigstore, github: { repository: acme/app } }';

/** A policy with one rule, whose lines are given. */
export function withRule(lines: string, trust = TRUST): string {
  const indented = lines.split('\n').map((line, at) => `${at === 0 ? '  - ' : '    '}${line}`);
  return `version: 1\n${trust}\nrules:\n${indented.join('\n')}\n`;
}

/** A policy with one rule, and these lines as its signed-by. */
export function withSigner(signer: string): string {
  return withRule(`name: r\nsigned-by: ${signer}`);
}

/** Policies that are fine, by what they show. */
export const GOOD: Readonly<Record<string, string>> = {
  'the least': withRule('name: r', KEY_TRUST),
  'without trust, where nothing is to be signed': 'version: 1\nrules: [{ name: r, artifact-type: a/b, signed: false }]',
  'as JSON': '{"version": 1, "trust": {"k": {"key": "k.pub"}}, "rules": [{"name": "r"}]}',
  'with carriage returns': withRule('name: r', KEY_TRUST).replaceAll('\n', '\r\n'),
  'with a byte order mark': `\u{feff}${withRule('name: r', KEY_TRUST)}`,
  'with aliases': withRule('name: r\nsigned-by: &s { trust: key }\nreferrer: { signed-by: *s }'),
  'levels and platforms': withRule('name: r\non: each-platform\nplatforms: [linux/amd64, linux/arm/v7]', KEY_TRUST),
  'one platform': withRule('name: r\nplatforms: linux/amd64', KEY_TRUST),
  'all platforms': withRule('name: r\nplatforms: all', KEY_TRUST),
  'types as list': withRule(`name: r\nartifact-type: [a/b, c/d]\nsigned-by: ${SIGNER}`),
  'a type with a parameter': withRule(
    `name: r\nartifact-type: application/vnd.dev.sigstore.bundle+json;version=0.2\nsigned-by: ${SIGNER}`,
  ),
  'predicate types as list': withRule(
    `name: r\npredicate-type: [https://slsa.dev/provenance/v1, "urn:acme:review", "urn:sbom:acme:v1", "acme:sbom"]\nsigned-by: ${SIGNER}`,
  ),
  durations: withRule(`name: r\nmax-age: 90m\nsigned-by: ${SIGNER}`),
  'a day as a quoted text': `${withRule('name: r', KEY_TRUST)}waivers: [{ rule: r, image: "a/*", until: "2028-02-29", reason: x }]`,
  'a waiver of a rule that is not there': `${withRule('name: r', KEY_TRUST)}waivers: [{ rule: s, image: a/b, until: 2027-01-31, reason: x }]`,
  'no waivers': `${withRule('name: r', KEY_TRUST)}waivers: []`,
  'roots by name and as files': `version: 1
trust:
  a: { root: github, refresh: true }
  b: { root: roots/trusted_root.jsonl }
  c: { root: { file: root.json, sha256: ${'a'.repeat(64)} } }
  d: { root: '{"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1"}' }
  e: { key: { file: k.pub, sha256: "sha256:${'b'.repeat(64)}" }, log: required }
  h: { key: k.pub, log: required, log-root: { file: own.json, sha256: ${'c'.repeat(64)} } }
  i: { key: k.pub, log: required, log-root: public-good, refresh: true }
  f: { notation: { signing-authority: [sa.pem, { file: sb.pem }], tsa: tsa.pem, level: audit } }
  g:
    key: |
      -----BEGIN PUBLIC KEY-----
      MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
      -----END PUBLIC KEY-----
rules: [{ name: r, signed-by: { trust: g } }]`,
  'an identity and its issuer': withSigner(
    '{ trust: sigstore, identity: "*@acme.example", issuer: "https://accounts.example" }',
  ),
  'an identity as RE2': withSigner(
    '{ trust: sigstore, identity-regexp: "(a|b)@acme\\\\.example", issuer: "https://accounts.example" }',
  ),
  'no issuer, said so': withSigner('{ trust: sigstore, identity: "https://dotcom.releases.github.com", issuer: none }'),
  'GitHub of an enterprise': withSigner(
    '{ trust: sigstore, github: { repository: acme/app }, issuer: "https://token.actions.githubusercontent.com/acme" }',
  ),
  'every claim of GitHub':
    withSigner(`{ trust: sigstore, github: { repository: "acme/*", repository-id: 123, owner-id: "45",
      ref: "refs/tags/v*", commit: ${'c0'.repeat(20)}, signer-commit: ${'5e'.repeat(32)}, workflow: .github/workflows/release.yml, signer-workflow: acme/ci/.github/workflows/sign.yml,
      signer-repository: acme/ci, runner: github-hosted, trigger: push } }`),
  'distinguished names': withSigner('{ trust: corp, identity: ["C=US, O=Acme", "CN=release,O=Acme\\\\, Inc."] }'),
  'any certificate of a store, said so': withSigner('{ trust: corp, identity: "*" }'),
  'two of three': withSigner(
    '{ at-least: 2, of: [{ trust: key }, { trust: corp, identity: "*" }, { trust: sigstore, github: { owner-id: 1 } }] }',
  ),
  'a condition over several lines': withRule(
    `name: r\nsigned-by: ${SIGNER}\nwhere: |\n  has(predicate.x) &&\n    predicate.x == 1`,
  ),
};

/** Text, what the problem says, and where it is. */
export const BAD: readonly (readonly [string, RegExp, line: number, column: number])[] = [
  ['', /the policy is empty/, 1, 1],
  ['# nothing', /the policy is empty/, 1, 1],
  ['~', /expected a policy.*got nothing/, 1, 1],
  ['[]', /expected a policy.*got a list/, 1, 1],
  ['version: 1', /rules: expected a list of rules/, 1, 1],
  ['version: 1\nrules: []', /rules: expected a list of rules, got an empty one/, 2, 8],
  ['version: 1\nrules: { name: r }', /rules: expected a list of rules, got a mapping/, 2, 8],
  [withRule('name: r', KEY_TRUST).replace('version: 1\n', ''), /expected version: 1/, 1, 1],
  [withRule('name: r', KEY_TRUST).replace('version: 1', 'version: 2'), /version: expected 1, got the number 2/, 1, 10],
  [withRule('name: r', KEY_TRUST).replace('version: 1', 'version: "1"'), /version: expected 1, got "1"/, 1, 10],
  [withRule('name: r', KEY_TRUST).replace('version: 1', 'version:'), /version: expected 1, got nothing/, 1, 9],
  // YAML
  ['version: 1\nrules: [', /^not valid YAML: /, 2, 9],
  ['version: 1\n\trules: 1', /^not valid YAML: /, 2, 1],
  ['a: 1\na: 2', /the key "a" stands here a second time/, 2, 1],
  ['version: 1\n---\nversion: 1', /expected one document, got several/, 2, 1],
  ['%YAML 1.1\n---\nversion: 1', /expected YAML 1.2, got 1.1/, 1, 1],
  ['version: !!int "1"', /the tag tag:yaml.org,2002:int has no meaning here/, 1, 16],
  ['version: !x 1', /not valid YAML: Unresolved tag/, 1, 10],
  ['rules: *r', /not valid YAML|no anchor/, 1, 8],
  ['1: 2', /expected a text as key/, 1, 1],
  ['? [a]\n: 2', /expected a text as key/, 1, 3],
  ['['.repeat(40) + ']'.repeat(40), /nested too deeply/, 1, 34],
  [
    `a: &a [${'x,'.repeat(9)}x]\nb: &b [${'*a,'.repeat(9)}*a]\nc: &c [${'*b,'.repeat(9)}*b]\nd: [${'*c,'.repeat(9)}*c]`,
    /more than 100 aliases/,
    2,
    11,
  ],
  ['a: &a [*a]', /nested too deeply/, 1, 7],
  [`a: [${'x,'.repeat(30_000)}x]`, /the policy is too large/, 1, 40001],
  // keys
  ['version: 1\nrule: []', /a policy has no key "rule"/, 2, 1],
  [withRule('name: r\nartifact_type: a/b', KEY_TRUST), /a rule has no key "artifact_type"/, 5, 5],
  [withRule('name: r\n<<: { signed: false }', KEY_TRUST), /a rule has no key "<<"/, 5, 5],
  [withRule('name: r\n__proto__: { signed: false }', KEY_TRUST), /a rule has no key "__proto__"/, 5, 5],
  [withRule('name: r\nconstructor: 1', KEY_TRUST), /a rule has no key "constructor"/, 5, 5],
  // trust
  ['version: 1\ntrust: []\nrules: [{ name: r, artifact-type: a/b, signed: false }]', /trust: expected a mapping/, 2, 8],
  [
    'version: 1\ntrust: { a b: { root: github } }\nrules: [{ name: r, artifact-type: a/b, signed: false }]',
    /expected a name of letters/,
    2,
    10,
  ],
  [withRule('name: r', 'trust: { k: keys/cosign.pub }'), /trust "k": expected a root, a key or notation/, 2, 13],
  [withRule('name: r', 'trust: { k: {} }'), /trust "k": expected one of root, key, notation/, 2, 13],
  [withRule('name: r', 'trust: { k: { keys: a.pub } }'), /trust "k" has no key "keys"/, 2, 15],
  [withRule('name: r', 'trust: { k: { key: a.pub, root: github } }'), /has both root and key/, 2, 13],
  [
    withRule('name: r', 'trust: { k: { key: a.pub, log-root: r.json } }'),
    /log-root: without log: required no log is asked for/,
    2,
    37,
  ],
  [
    withRule('name: r', 'trust: { k: { key: a.pub, log: none, refresh: true } }'),
    /refresh: without log: required no log is asked for/,
    2,
    47,
  ],
  [
    withRule('name: r', 'trust: { k: { key: a.pub, log: required, log-root: github } }'),
    /log-root: the root github names no log/,
    2,
    52,
  ],
  [
    withRule('name: r', 'trust: { k: { key: a.pub, log: required, log-root: public_good } }'),
    /log-root: expected public-good or a file, got "public_good"/,
    2,
    52,
  ],
  [
    withRule('name: r', 'trust: { k: { key: a.pub, log: required, log-root: r.json, refresh: true } }'),
    /refresh: a file cannot be fetched/,
    2,
    69,
  ],
  [withRule('name: r', 'trust: { k: { key: a.pub, logs: none } }'), /a key has no key "logs"/, 2, 27],
  [
    withRule('name: r', 'trust: { k: { key: a.pub, log: always } }'),
    /log: expected one of none, required, got "always"/,
    2,
    32,
  ],
  [
    withRule('name: r', 'trust: { k: { key: "" } }'),
    /expected a PEM public key or its content, got an empty text/,
    2,
    20,
  ],
  [
    withRule('name: r', 'trust: { k: { key: 5 } }'),
    /expected a PEM public key or its content, got the number 5/,
    2,
    20,
  ],
  [withRule('name: r', 'trust: { k: { key: { sha256: a } } }'), /expected file: the path/, 2, 20],
  [
    withRule('name: r', `trust: { k: { key: { file: a, sha256: ${'A'.repeat(64)} } } }`),
    /expected the SHA-256 of the file: 64 hex/,
    2,
    39,
  ],
  [withRule('name: r', 'trust: { k: { key: "a\\nb" } }'), /on one line/, 2, 20],
  [
    withSigner(SIGNER).replace('public-good', 'public_good'),
    /root: expected public-good, github or a file, got "public_good"/,
    3,
    21,
  ],
  [withSigner(SIGNER).replace('public-good', 'r.json, refresh: true'), /a file cannot be fetched/, 3, 38],
  [
    withSigner(SIGNER).replace('public-good', 'github, refresh: yes'),
    /refresh: expected true or false, got "yes"/,
    3,
    38,
  ],
  [
    withSigner(SIGNER).replace('{ ca: certs/ca.pem }', '{ tsa: t.pem }'),
    /notation: expected ca or signing-authority/,
    5,
    21,
  ],
  [
    withSigner(SIGNER).replace('ca: certs/ca.pem', 'ca: []'),
    /expected a PEM file of certificates, got an empty list/,
    5,
    27,
  ],
  [
    withSigner(SIGNER).replace('certs/ca.pem', 'certs/ca.pem, level: strong'),
    /level: expected one of strict, permissive, audit, skip, got "strong"/,
    5,
    48,
  ],
  // rules
  [withRule('on: index', KEY_TRUST), /expected name/, 4, 5],
  [withRule('name:', KEY_TRUST), /expected the name of the rule, got nothing/, 4, 10],
  [withRule('name: 5', KEY_TRUST), /expected the name of the rule, got the number 5/, 4, 11],
  [withRule('name: ""', KEY_TRUST), /expected the name of the rule, got an empty text/, 4, 11],
  [withRule('name: "a\\u001b[31m"', KEY_TRUST), /on one line, without control characters/, 4, 11],
  [withRule(`name: ${'x'.repeat(201)}`, KEY_TRUST), /at most 200 characters, got 201/, 4, 11],
  [`${withRule('name: r', KEY_TRUST)}  - name: r`, /there is a rule named "r" already/, 5, 5],
  [
    withRule('name: r\non: platform', KEY_TRUST),
    /on: expected one of index, each-platform, either, got "platform"/,
    5,
    9,
  ],
  [withRule('name: r\nplatforms: linux', KEY_TRUST), /"linux" is not os\/architecture/, 5, 16],
  [withRule('name: r\nplatforms: []', KEY_TRUST), /expected a platform, got an empty list/, 5, 16],
  [
    withRule('name: r\nartifact-type: a/b\npredicate-type: https://x.example', KEY_TRUST),
    /cannot stand together/,
    6,
    21,
  ],
  [
    withRule('name: r\nartifact-type: https://slsa.dev/provenance/v1', KEY_TRUST),
    /artifact-type: expected a media type/,
    5,
    20,
  ],
  [withRule('name: r\nartifact-type: []', KEY_TRUST), /expected an artifact type, got an empty list/, 5, 20],
  [withRule('name: r\nartifact-type: [a/b, a/b]', KEY_TRUST), /"a\/b" stands here a second time/, 5, 26],
  [withRule('name: r\npredicate-type: slsaprovenance', KEY_TRUST), /predicate-type: expected a URI/, 5, 21],
  [withRule('name: r\npredicate-type: https://slsa.dev/*', KEY_TRUST), /without wildcards/, 5, 21],
  [withRule('name: r\nsigned: maybe', KEY_TRUST), /signed: expected true or false, got "maybe"/, 5, 13],
  [withRule('name: r\nsigned: false'), /signed: false: expected artifact-type or predicate-type/, 7, 5],
  [withRule('name: r\nartifact-type: a/b\nsigned: false\nmax-age: 3d'), /max-age counts from a verified time/, 10, 14],
  [withRule('name: r\nartifact-type: a/b\nsigned: false\nsigned-by: { trust: key }'), /signed-by for one/, 10, 16],
  [
    withRule('name: r\nartifact-type: a/b\nsigned: false\nreferrer: { signed-by: { trust: key } }'),
    /referrer for one/,
    10,
    15,
  ],
  [withRule('name: r'), /expected signed-by: whose signature counts/, 7, 5],
  ['version: 1\nrules: [{ name: r }]', /expected signed-by: whose signature counts/, 2, 9],
  [
    withRule(`name: r\nsigned-by: ${SIGNER}\nmax-age: 30`),
    /max-age: expected a duration .*, got the number 30$/,
    9,
    14,
  ],
  [withRule(`name: r\nsigned-by: ${SIGNER}\nmax-age: 0d`), /max-age: expected a duration/, 9, 14],
  [withRule(`name: r\nsigned-by: ${SIGNER}\nmax-age: -1d`), /max-age: expected a duration/, 9, 14],
  [withRule(`name: r\nsigned-by: ${SIGNER}\nmax-age: 30 d`), /max-age: expected a duration/, 9, 14],
  [withRule(`name: r\nsigned-by: ${SIGNER}\nmax-age: 99999w`), /max-age: expected a duration/, 9, 14],
  [withRule(`name: r\nsigned-by: ${SIGNER}\nwhere: predicat.x == 1`), /where: an expression sees no "predicat"/, 9, 12],
  [withRule(`name: r\nsigned-by: ${SIGNER}\nwhere: predicate.x == y`), /sees no "y"/, 9, 27],
  [withRule(`name: r\nsigned-by: ${SIGNER}\nwhere: "predicate.x == y"`), /sees no "y"/, 9, 28],
  [withRule(`name: r\nsigned-by: ${SIGNER}\nwhere: |\n  predicate.x == 1 &&\n  y == 2`), /sees no "y"/, 11, 7],
  [withRule(`name: r\nsigned-by: ${SIGNER}\nwhere: true`), /expected a CEL expression, got true/, 9, 12],
  [withRule('name: r\nartifact-type: a/b\nreferrer: {}', KEY_TRUST), /referrer: expected signed-by/, 6, 15],
  [
    withRule('name: r\nartifact-type: a/b\nreferrer: { signed-by: { trust: nobody } }', KEY_TRUST),
    /there is no trust "nobody"/,
    6,
    37,
  ],
  [
    withRule('name: r\nreferrer: { signed-by: { trust: key } }'),
    /referrer: expected artifact-type or predicate-type/,
    7,
    5,
  ],
  // signers
  [withSigner('sigstore'), /signed-by: expected a signer, any-of/, 8, 16],
  [withSigner('[{ trust: key }]'), /signed-by: expected a signer, any-of/, 8, 16],
  [withSigner('{}'), /expected trust: the name/, 8, 16],
  [withSigner('{ trust: nobody }'), /there is no trust "nobody"/, 8, 25],
  [withSigner('{ trust: sigstore }'), /says little without who it is for/, 8, 16],
  [withSigner('{ trust: sigstore, issuer: "https://accounts.example" }'), /says little without who it is for/, 8, 16],
  [withSigner('{ trust: sigstore, identity: a@b }'), /an identity means nothing without its issuer/, 8, 45],
  [withSigner('{ trust: sigstore, identity: "", issuer: none }'), /expected identity, got an empty text/, 8, 45],
  [withSigner('{ trust: sigstore, identity: [a@b], issuer: none }'), /identity: expected one text/, 8, 45],
  [withSigner('{ trust: sigstore, identity: a, identity-regexp: b, issuer: none }'), /cannot stand together/, 8, 65],
  [withSigner('{ trust: sigstore, identity-regexp: "(", issuer: none }'), /is no RE2 expression/, 8, 52],
  [withSigner('{ trust: sigstore, identity-regexp: "a(?=b)", issuer: none }'), /is no RE2 expression/, 8, 52],
  [withSigner('{ trust: sigstore, github: {} }'), /accepts the workflows of every repository/, 8, 43],
  [
    withSigner('{ trust: sigstore, github: { ref: refs/heads/main, runner: github-hosted } }'),
    /accepts the workflows of every/,
    8,
    43,
  ],
  [
    withSigner('{ trust: sigstore, github: { repository: https://github.com/acme/app } }'),
    /repository: expected owner\/name/,
    8,
    57,
  ],
  [withSigner('{ trust: sigstore, github: { repository: acme } }'), /repository: expected owner\/name/, 8, 57],
  [withSigner('{ trust: sigstore, github: { repository: a/b, ref: main } }'), /ref: expected a whole ref/, 8, 67],
  [
    withSigner('{ trust: sigstore, github: { repository: a/b, workflow: release.yml } }'),
    /workflow: expected the path/,
    8,
    72,
  ],
  [
    withSigner('{ trust: sigstore, github: { signer-workflow: "a/b/.github/workflows/c.yml@v1" } }'),
    /signer-workflow: expected .*without @ref/,
    8,
    62,
  ],
  [
    withSigner('{ trust: sigstore, github: { repository: a/b, commit: c0ffee1 } }'),
    /commit: expected a whole commit, 40 \(or 64\) hexadecimal digits in lower case; got "c0ffee1"/,
    8,
    70,
  ],
  [
    withSigner(`{ trust: sigstore, github: { repository: a/b, signer-commit: ${'C0'.repeat(20)} } }`),
    /signer-commit: expected a whole commit/,
    8,
    77,
  ],
  [
    withSigner(`{ trust: sigstore, github: { repository: a/b, commit: ${'10'.repeat(20)} } }`),
    /expected commit: a whole commit, .*, got the number 1010/,
    8,
    70,
  ],
  [
    withSigner(`{ trust: sigstore, github: { commit: ${'c0'.repeat(20)} } }`),
    /accepts the workflows of every repository on GitHub/,
    8,
    43,
  ],
  [withSigner('{ trust: sigstore, github: { repository-id: acme } }'), /repository-id: expected the number/, 8, 60],
  [withSigner('{ trust: sigstore, github: { repository-id: 0x12 } }'), /repository-id: expected the number/, 8, 60],
  [
    withSigner('{ trust: sigstore, github: { repository: a/b, runner: ubuntu } }'),
    /runner: expected one of github-hosted, self-hosted/,
    8,
    70,
  ],
  [
    withSigner('{ trust: sigstore, github: { repository: a/b }, issuer: none }'),
    /a workflow of GitHub has an issuer/,
    8,
    72,
  ],
  [withSigner('{ trust: key, identity: a@b }'), /is a key, and a key has no identity/, 8, 40],
  [withSigner('{ trust: key, issuer: none }'), /is a key, and a key has no issuer/, 8, 38],
  [withSigner('{ trust: corp }'), /a Notary Project signer needs an identity/, 8, 16],
  [withSigner('{ trust: corp, identity: Acme }'), /expected a distinguished name/, 8, 41],
  [withSigner('{ trust: corp, identity: ["C=US", "O="] }'), /expected a distinguished name.*O has no value/, 8, 50],
  [withSigner('{ trust: corp, identity: "*", issuer: none }'), /of the Notary Project, whose signers have none/, 8, 54],
  [withSigner('{ any-of: [] }'), /expected a list of signers, got an empty one/, 8, 26],
  [withSigner('{ any-of: { trust: key } }'), /expected a list of signers, got a mapping/, 8, 26],
  [withSigner('{ any-of: [{ trust: key }], trust: key }'), /signed-by with any-of has no key "trust"/, 8, 44],
  [withSigner('{ at-least: 1 }'), /expected both at-least and of; of is not there/, 8, 16],
  [withSigner('{ of: [{ trust: key }] }'), /expected both at-least and of; at-least is not there/, 8, 16],
  [withSigner('{ at-least: 2, of: [{ trust: key }] }'), /at-least: 2 of 1 can never be met/, 8, 28],
  [withSigner('{ at-least: 0, of: [{ trust: key }] }'), /at-least: expected a whole number from 1/, 8, 28],
  [withSigner('{ at-least: 1.5, of: [{ trust: key }] }'), /at-least: expected a whole number from 1/, 8, 28],
  [
    withSigner('{ at-least: 2, of: [{ trust: key }, { trust: key }] }'),
    /the same signer stands here a second time/,
    8,
    52,
  ],
  // waivers
  [`${withRule('name: r', KEY_TRUST)}waivers: {}`, /waivers: expected a list, got a mapping/, 5, 10],
  [
    `${withRule('name: r', KEY_TRUST)}waivers: [{ rule: r, image: a, until: 2027-01-31 }]`,
    /a waiver needs .*; reason is not there/,
    5,
    11,
  ],
  [
    `${withRule('name: r', KEY_TRUST)}waivers: [{ rule: r, image: a, until: 2027-02-29, reason: x }]`,
    /until: expected a day of the calendar/,
    5,
    39,
  ],
  [
    `${withRule('name: r', KEY_TRUST)}waivers: [{ rule: r, image: a, until: tomorrow, reason: x }]`,
    /until: expected a day/,
    5,
    39,
  ],
  [
    `${withRule('name: r', KEY_TRUST)}waivers: [{ rule: r, image: a, until: 2027-01-31T00:00:00Z, reason: x }]`,
    /until: expected a day/,
    5,
    39,
  ],
  [
    `${withRule('name: r', KEY_TRUST)}waivers: [{ rule: r, image: a, until: 2027-01-31, reason: "" }]`,
    /expected the reason, got an empty text/,
    5,
    59,
  ],
];
