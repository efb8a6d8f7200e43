import assert from 'node:assert/strict';
import type { InteropClient, SignedTrust } from '../client.ts';
import type { Ground } from '../ground.ts';
import type { RegistryTraits } from '../registries.ts';

/** Contents that make notation sign once as JWS and once as COSE. */
const CONTENTS = ['{"n":1}', '{"n":33}'];

/**
 * Nothing signed: the gate fails. The client signs -> the gate passes with a policy that trusts its key or
 * certificate, and fails with one that trusts another, for each way of signing.
 */
export async function judgesSigned(
  ground: Ground,
  client: InteropClient,
  registry: RegistryTraits,
): Promise<string | undefined> {
  const { trust, attach } = client;
  assert.ok(trust !== undefined && attach !== undefined);
  assert.equal((await ground.verify(policyOf(trust, trust.right))).verdict, 'fail');

  let accepted = 0;
  for (const content of CONTENTS) {
    const { host, repository, image } = ground;
    await attach({ host, repository, subject: image.descriptor, registry, content });
    const right = await ground.verify(policyOf(trust, trust.right));
    assert.equal(right.verdict, 'pass', JSON.stringify(right.images));
    const cells = right.images.flatMap(({ verdict }) => verdict?.rules ?? []).flatMap(({ cells }) => cells);
    const count = cells.flatMap(({ evidence }) => evidence).length;
    assert.ok(count > accepted, `${count} accepted after ${accepted}`);
    accepted = count;
    assert.equal((await ground.verify(policyOf(trust, trust.wrong))).verdict, 'fail');
  }
  return undefined;
}

function policyOf({ wanted, signer }: SignedTrust, trust: object): object {
  const rule = { name: 'signed', on: 'index', ...wanted, 'signed-by': { trust: 'theirs', ...signer } };
  return { version: 1, trust: { theirs: trust }, rules: [rule] };
}
