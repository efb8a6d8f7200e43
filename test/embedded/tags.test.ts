import assert from 'node:assert/strict';
import { it } from 'node:test';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { describeEachBackend } from './each-backend.ts';
import { pushManifest, send } from './registry-client.ts';

describeEachBackend('tags of the embedded registry', {}, (registry) => {
  const list = (query = '', repository = 'acme/tags'): ReturnType<typeof send> =>
    send('GET', `${registry().url}/v2/${repository}/tags/list${query}`);

  it('answers 404 NAME_UNKNOWN where nothing was pushed', async () => {
    const answer = await list('', 'no/where');
    assert.deepEqual([answer.status, answer.errorCodes()], [404, ['NAME_UNKNOWN']]);
  });

  it('lists in ASCII order, in pages of n, after last, with a link to the rest', async () => {
    for (const tag of ['b', 'a', '_x', 'Z', '1', 'a.1', 'a-1']) {
      await pushManifest(`${registry().url}/v2/acme/tags`, tag, { mediaType: OCI_INDEX, manifests: [] });
    }
    const sorted = ['1', 'Z', '_x', 'a', 'a-1', 'a.1', 'b'];
    const whole = await list();
    assert.deepEqual(whole.json(), { name: 'acme/tags', tags: sorted });
    assert.equal(whole.headers.get('link'), null);
    assert.deepEqual((await list('?last=Z')).json().tags, sorted.slice(2));
    assert.deepEqual((await list('?last=a%2F')).json().tags, ['b']);
    assert.deepEqual((await list('?n=0')).json().tags, []);
    assert.equal((await list('?n=x')).status, 400);

    const pages: string[][] = [];
    for (let query: string | undefined = '?n=3'; query !== undefined; ) {
      const page = await list(query);
      pages.push(page.json().tags);
      query = /<[^?]*(\?[^>]*)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    assert.deepEqual(pages, [sorted.slice(0, 3), sorted.slice(3, 6), sorted.slice(6)]);
  });
});
